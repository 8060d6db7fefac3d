//! What a plan shows as a tree: groups, what is in them, and what of it is chosen.

use std::collections::BTreeSet;

use crate::actions::cleanup::{Item, ItemId, ItemKind, KeepReason, Plan, Removal};

/// A group of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Containers,
    Volumes,
    Images,
    Sessions,
    /// What stays whatever is chosen.
    Stays,
}

impl Group {
    const ALL: [Self; 5] = [Self::Containers, Self::Volumes, Self::Images, Self::Sessions, Self::Stays];

    fn of(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Container => Self::Containers,
            ItemKind::Volume | ItemKind::AnonymousVolume => Self::Volumes,
            ItemKind::Image => Self::Images,
            ItemKind::Session => Self::Sessions,
        }
    }

    /// As its heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Containers => "Stopped containers",
            Self::Volumes => "Unused volumes",
            Self::Images => "Untagged images",
            Self::Sessions => "Sessions that are over",
            Self::Stays => "Stays",
        }
    }
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Group(Group),
    Item(ItemId),
}

/// Whether a thing can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// It can.
    Free,
    /// Only once its name has been typed.
    Protected,
    /// It stays.
    Stays,
}

/// A thing, and why it is where it is.
#[derive(Debug, Clone)]
pub(super) struct Leaf<'a> {
    pub(super) item: &'a Item,
    pub(super) why: String,
    pub(super) lock: Lock,
}

/// What the user has made of the tree.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    unchecked: BTreeSet<ItemId>,
    folded: BTreeSet<Group>,
}

impl Default for Tree {
    /// Everything that goes is chosen; what stays is folded.
    fn default() -> Self {
        Self { unchecked: BTreeSet::new(), folded: BTreeSet::from([Group::Stays]) }
    }
}

/// What is in a group: what goes, then what is protected.
pub(super) fn leaves(plan: &Plan, group: Group) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    if group != Group::Stays {
        let removals = plan.removals().iter().filter(|removal| Group::of(removal.item.id.kind) == group);
        leaves.extend(removals.map(|removal| Leaf {
            item: &removal.item,
            why: removal.why.to_string(),
            lock: Lock::Free,
        }));
    }
    let kept = plan.kept().iter().filter(|kept| match &kept.why {
        KeepReason::Protected(_) => Group::of(kept.item.id.kind) == group,
        _ => group == Group::Stays,
    });
    leaves.extend(kept.map(|kept| Leaf {
        item: &kept.item,
        why: kept.why.to_string(),
        lock: if group == Group::Stays { Lock::Stays } else { Lock::Protected },
    }));
    leaves
}

/// A thing of the plan.
pub(super) fn leaf<'a>(plan: &'a Plan, id: &ItemId) -> Option<Leaf<'a>> {
    Group::ALL.into_iter().flat_map(|group| leaves(plan, group)).find(|leaf| leaf.item.id == *id)
}

/// Bytes of what is chosen as far as they are known, and how many things have no known size.
pub(super) fn total(plan: &Plan, chosen: &BTreeSet<ItemId>) -> (u64, usize) {
    let chosen = plan.removals().iter().filter(|removal| chosen.contains(&removal.item.id));
    chosen.fold((0, 0), |(bytes, unknown), removal| match removal.item.size {
        Some(size) => (bytes.saturating_add(size), unknown),
        None => (bytes, unknown + 1),
    })
}

impl Tree {
    /// The rows that are shown.
    pub(super) fn nodes(&self, plan: &Plan) -> Vec<Node> {
        let mut nodes = Vec::new();
        for group in Group::ALL {
            let leaves = leaves(plan, group);
            if leaves.is_empty() {
                continue;
            }
            nodes.push(Node::Group(group));
            if !self.folded.contains(&group) {
                nodes.extend(leaves.into_iter().map(|leaf| Node::Item(leaf.item.id.clone())));
            }
        }
        nodes
    }

    /// Whether a group is folded.
    pub(super) fn is_folded(&self, group: Group) -> bool {
        self.folded.contains(&group)
    }

    /// Folds or unfolds a group.
    pub(super) fn fold(&mut self, group: Group, is_folded: bool) {
        if is_folded {
            self.folded.insert(group);
        } else {
            self.folded.remove(&group);
        }
    }

    /// What goes: what is checked, and of it only what no container uses that stays.
    pub(super) fn chosen(&self, plan: &Plan) -> BTreeSet<ItemId> {
        let checked = |id: &ItemId| !self.unchecked.contains(id);
        let goes = |removal: &&Removal| checked(&removal.item.id) && self.staying_user(removal).is_none();
        plan.removals().iter().filter(goes).map(|removal| removal.item.id.clone()).collect()
    }

    /// A container that uses it and is not checked.
    fn staying_user(&self, removal: &Removal) -> Option<ItemId> {
        let users = removal.after.iter();
        let mut users = users.map(|user| ItemId { kind: ItemKind::Container, id: user.to_string() });
        users.find(|user| self.unchecked.contains(user))
    }

    /// The name of a container that uses this thing and is not chosen, where there is one.
    pub(super) fn kept_by(&self, plan: &Plan, id: &ItemId) -> Option<String> {
        let removal = plan.removals().iter().find(|removal| removal.item.id == *id)?;
        let user = self.staying_user(removal)?;
        let user = plan.removals().iter().find(|removal| removal.item.id == user)?;
        Some(user.item.name.clone())
    }

    /// Checks or unchecks one thing.
    pub(super) fn toggle(&mut self, id: &ItemId) {
        if !self.unchecked.remove(id) {
            self.unchecked.insert(id.clone());
        }
    }

    /// Checks all of a group; where all are, unchecks them. All of the plan without a group.
    pub(super) fn toggle_all(&mut self, plan: &Plan, group: Option<Group>) {
        let is_meant = |id: &ItemId| group.is_none_or(|group| Group::of(id.kind) == group);
        let ids: Vec<ItemId> = plan.all().into_iter().filter(is_meant).collect();
        let has_all = ids.iter().all(|id| !self.unchecked.contains(id));
        for id in ids {
            if has_all {
                self.unchecked.insert(id);
            } else {
                self.unchecked.remove(&id);
            }
        }
    }
}
