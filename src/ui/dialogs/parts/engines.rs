//! Which engine something new is for.

use crate::ui::{EngineId, Model};

use super::{Entry, Form};

/// The label of the field.
pub(crate) const ENGINE: &str = "Engine";

/// The engines that answer, as they were when a dialog was opened, and which of them is meant at first: the one of what
/// is selected.
#[derive(Debug, Clone)]
pub(crate) struct OpenEngines {
    ids: Vec<EngineId>,
    first: usize,
}

impl OpenEngines {
    /// Those of the model; `None` where none answers.
    pub(crate) fn of(model: &Model) -> Option<Self> {
        let ids: Vec<EngineId> =
            model.engines.known().filter(|engine| engine.is_open()).map(|engine| engine.id).collect();
        let selected = match model.focus {
            crate::ui::model::Focus::Volumes => model.volumes.selected().map(|row| row.key.engine),
            _ => model.containers.selected().map(|row| row.key.engine),
        };
        let first = ids.iter().position(|id| Some(*id) == selected).unwrap_or(0);
        (!ids.is_empty()).then_some(Self { ids, first })
    }

    /// The field to choose one with, where there are several.
    pub(crate) fn entry(&self, model: &Model) -> Option<Entry> {
        let names = self.ids.iter().map(|id| model.engines.name(*id)).collect();
        (self.ids.len() > 1).then(|| Entry::choice(ENGINE, names, self.first))
    }

    /// The one chosen in a form that may have the field.
    pub(crate) fn chosen(&self, form: &Form) -> EngineId {
        let at = if self.ids.len() > 1 { form.chosen(ENGINE) } else { 0 };
        self.ids.get(at).copied().unwrap_or(EngineId(0))
    }

    /// The one meant at first.
    pub(crate) fn first(&self) -> EngineId {
        self.ids.get(self.first).copied().unwrap_or(EngineId(0))
    }

    /// The one after this, round and round; the same where there is no other.
    pub(crate) fn after(&self, id: EngineId) -> EngineId {
        let at = self.ids.iter().position(|other| *other == id).map_or(0, |at| at + 1);
        self.ids.get(at % self.ids.len().max(1)).copied().unwrap_or(id)
    }

    /// Why nothing can be asked of one now.
    pub(crate) fn wrong(model: &Model, id: EngineId) -> Option<String> {
        let is_open = model.engines.get(id).is_some_and(crate::ui::model::Engine::is_open);
        (!is_open).then(|| format!("{} does not answer just now", model.engines.name(id)))
    }
}
