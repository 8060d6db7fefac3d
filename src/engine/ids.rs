//! Names of things inside one engine.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the reference as it is; the engine decides whether it names anything.
            pub fn new(reference: impl Into<String>) -> Self {
                Self(reference.into())
            }

            /// The reference as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first twelve characters of an engine-made id, the whole of anything else: what people
            /// are shown and can type back.
            #[must_use]
            pub fn short(&self) -> &str {
                let hex = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
                let engine_made = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
                if engine_made { hex.get(..12).unwrap_or(hex) } else { &self.0 }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(reference: &str) -> Self {
                Self::new(reference)
            }
        }

        impl From<String> for $name {
            fn from(reference: String) -> Self {
                Self(reference)
            }
        }
    };
}

reference! {
    /// A container: its full id, an unambiguous beginning of it, or its name. Engines give full ids.
    ContainerId
}
reference! {
    /// An image's own id (`sha256:…`), as against the references that point to it.
    ImageId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_engine_made_ids_are_shortened() {
        let id = "0123456789abcdef".repeat(4);
        assert_eq!(ContainerId::from(id.as_str()).short(), "0123456789ab");
        assert_eq!(ImageId::new(format!("sha256:{id}")).short(), "0123456789ab");
        assert_eq!(ContainerId::from("core-image-minimal-build").short(), "core-image-minimal-build");
    }
}
