//! How far a pull has come, in words.

use std::collections::HashMap;

use crate::engine::PullEvent;

/// The most layers that are kept apart; images have 127 at most.
const LAYERS: usize = 1024;

/// What a pull has told so far.
#[derive(Debug, Default)]
pub(super) struct PullSteps {
    layers: HashMap<String, Layer>,
    said: String,
}

#[derive(Debug, Default)]
struct Layer {
    is_there: bool,
    current: u64,
    total: u64,
}

impl PullSteps {
    /// Something happened: the words for it, where they are new.
    pub(super) fn hear(&mut self, event: &PullEvent) -> Option<String> {
        let words = match &event.layer {
            None => event.status.clone(),
            Some(name) => {
                if self.layers.len() < LAYERS || self.layers.contains_key(name) {
                    self.layers.entry(name.clone()).or_default().hear(event);
                }
                self.words()
            }
        };
        let is_new = words != self.said;
        self.said.clone_from(&words);
        is_new.then_some(words)
    }

    fn words(&self) -> String {
        let there = self.layers.values().filter(|layer| layer.is_there).count();
        let of = crate::text::count(self.layers.len(), "layer");
        let total: u64 = self.layers.values().map(|layer| layer.total).fold(0, u64::saturating_add);
        let current: u64 = self.layers.values().map(|layer| layer.current).fold(0, u64::saturating_add);
        match u128::from(current) * 100 {
            of_all if total > 0 => format!("{there} of {of}, {}%", of_all / u128::from(total)),
            _ => format!("{there} of {of}"),
        }
    }
}

impl Layer {
    fn hear(&mut self, event: &PullEvent) {
        let status = event.status.as_str();
        if matches!(status, "Pull complete" | "Already exists") || status.starts_with("Already exists") {
            (self.is_there, self.current) = (true, self.total);
        } else if matches!(status, "Download complete") {
            self.current = self.total;
        } else if status == "Downloading"
            && let (Some(current), Some(total)) = (event.current, event.total)
        {
            // Unpacking counts from the beginning again: only what comes over the network is counted.
            (self.current, self.total) = (current.min(total), total);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(layer: &str, status: &str, of: Option<(u64, u64)>) -> PullEvent {
        PullEvent {
            layer: Some(layer.into()).filter(|layer: &String| !layer.is_empty()),
            status: status.into(),
            current: of.map(|(current, _)| current),
            total: of.map(|(_, total)| total),
        }
    }

    #[test]
    fn layers_are_counted_and_bytes_in_per_cent() {
        let mut steps = PullSteps::default();
        let mut hear = |layer: &str, status: &str, of| steps.hear(&event(layer, status, of));
        assert_eq!(hear("", "Pulling from library/debian", None).unwrap(), "Pulling from library/debian");
        assert_eq!(hear("a", "Pulling fs layer", None).unwrap(), "0 of 1 layer");
        assert_eq!(hear("b", "Already exists", None).unwrap(), "1 of 2 layers");
        assert_eq!(hear("a", "Downloading", Some((41, 100))).unwrap(), "1 of 2 layers, 41%");
        assert_eq!(hear("a", "Downloading", Some((41, 100))), None, "nothing new");
        assert_eq!(hear("a", "Download complete", None).unwrap(), "1 of 2 layers, 100%");
        assert_eq!(hear("a", "Extracting", Some((1, 100))), None, "never back");
        assert_eq!(hear("a", "Pull complete", None).unwrap(), "2 of 2 layers, 100%");
    }
}
