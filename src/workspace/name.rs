//! The names of a build file's containers.

use sha2::{Digest, Sha256};

use super::Workspace;

/// The longest part of a name that the user chose; host names and screens are not longer.
const LONGEST: usize = 40;

impl Workspace {
    /// The container that is there for commands: the same for the same file, told from that of another file of the same
    /// name by eight digits of a hash of its path.
    #[must_use]
    pub fn work_name(&self) -> String {
        self.name_of("work", &self.file.to_string_lossy())
    }

    /// The container of a build: one for each build directory, as there is one build in it at a time.
    #[must_use]
    pub fn build_name(&self) -> String {
        let directory = self.build_directory();
        self.name_of("build", &directory.from.to_string())
    }

    fn name_of(&self, what: &str, unique: &str) -> String {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        let chosen = self.build_file.name.chars().map(|letter| if is_part(letter) { letter } else { '-' });
        let chosen: String = chosen.take(LONGEST).collect();
        let digest = Sha256::digest(unique.as_bytes());
        let hash = digest.iter().take(4).fold(0_u32, |hash, byte| hash << 8 | u32::from(*byte));
        format!("smidr-{chosen}-{what}-{hash:08x}")
    }
}
