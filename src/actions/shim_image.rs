//! The shim as the library carries it: bytes to copy into a container.

/// The shim, ready to be written to a file of mode 0755.
#[derive(Clone, Copy)]
pub struct ShimImage {
    bytes: &'static [u8],
    version: &'static str,
    arch: &'static str,
}

const CARRIED: Option<ShimImage> = include!(concat!(env!("OUT_DIR"), "/shim_image.rs"));

/// The shim built with this library. `None` when the machine that built it could make no static program; execs then
/// go through the shell wrapper.
#[must_use]
pub fn carried() -> Option<ShimImage> {
    CARRIED
}

impl ShimImage {
    /// The program: a static ELF executable, under 2 MiB.
    #[must_use]
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// The first 12 hexadecimal digits of the SHA-256 of the bytes: the same version is the same program.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The processor it is for, as Rust names it (`x86_64`, `aarch64`).
    #[must_use]
    pub fn arch(&self) -> &'static str {
        self.arch
    }

    /// The name to give the file. It has to begin like this: a running shim is found by the name it was started by.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("smidr-shim-{}", self.version)
    }

    /// Whether it runs on a processor an engine or an image names in its own way (`amd64`, `x86_64`, `arm64`, ...).
    #[must_use]
    pub fn runs_on(&self, arch: &str) -> bool {
        let known = match arch {
            "amd64" | "x86-64" => "x86_64",
            "arm64" => "aarch64",
            "386" | "i386" | "i686" => "x86",
            "armv7l" | "armhf" => "arm",
            "ppc64le" => "powerpc64",
            other => other,
        };
        known == self.arch
    }
}

impl std::fmt::Debug for ShimImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShimImage")
            .field("version", &self.version)
            .field("arch", &self.arch)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_s_name_of_the_processor_is_understood() {
        let image = ShimImage { bytes: b"", version: "0123456789ab", arch: "x86_64" };
        assert!(image.runs_on("amd64") && image.runs_on("x86_64"));
        assert!(!image.runs_on("arm64") && !image.runs_on(""));
        assert_eq!(image.file_name(), "smidr-shim-0123456789ab");
    }

    #[test]
    fn what_is_carried_is_a_small_program_for_this_machine() {
        let image = carried().expect("built without a shim: install the static C library (libc6-dev)");
        assert!(image.bytes().starts_with(b"\x7fELF") && image.bytes().len() < 2 * 1024 * 1024);
        assert_eq!((image.arch(), image.version().len()), (std::env::consts::ARCH, 12));
    }
}
