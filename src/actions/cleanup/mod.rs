//! Removing managed containers, their volumes and untagged images: first a plan that shows exactly what would
//! go, then that and nothing else.

mod execute;
mod item;
mod plan;
mod result;
mod rules;
mod survey;

pub use execute::execute;
pub use item::{Item, ItemId, ItemKind, KeepReason, Kept, Removal, RemovalReason};
pub use plan::{Plan, PlanOptions, VolumeChoice};
pub use result::{CleanupReport, Ending, ItemReport, SkipReason};
pub use rules::{InvalidRule, LabelRule, ManagedBy, NameGlob, Protection, Rules, USUALLY_PROTECTED};
pub use survey::Survey;

#[cfg(test)]
pub(crate) mod test_engine;
#[cfg(test)]
pub(crate) mod test_objects;
