//! How a cleanup is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::actions::cleanup::{CleanupReport, Item, ItemId, ItemKind, ItemReport, Plan};
use crate::text::{age, bytes, clean, count, elapsed, fit};
use crate::ui::dialogs::parts::{container_name, padded, paragraph, wrapped};
use crate::ui::{ContainerKey, Model, VolumeKey};

use super::tree::{Group, Leaf, Lock, Node, leaf, leaves, total};
use super::{Cleanup, Stage};

/// The places of the headline, of the list, of what is said of the selected thing, and of the question.
pub(super) fn places(area: Rect) -> [Rect; 4] {
    let area = padded(area);
    // Where there is little room the list has it.
    let question = area.height.min(2);
    let head = (area.height - question).min(1);
    let left = area.height - question - head;
    let said = if left >= 8 { 3 } else { 0 };
    let mut y = area.y;
    [head, left - said, said, question].map(|height| {
        let place = Rect { y, height, ..area };
        y += height;
        place
    })
}

/// How much, in words.
pub(super) fn amount(bytes_known: u64, unknown: usize) -> String {
    match (bytes_known, unknown) {
        (known, 0) => bytes(known),
        (0, _) => "of a size nobody knows".into(),
        (known, unknown) => format!("at least {} ({} of unknown size)", bytes(known), unknown),
    }
}

/// The value of the label `owner`, which build servers put on what they make.
fn owner(model: &Model, dialog: &Cleanup, item: &Item) -> Option<String> {
    let engine = dialog.engine;
    let labels = match item.id.kind {
        ItemKind::Container => {
            let key = ContainerKey { engine, id: item.id.id.as_str().into() };
            &model.containers.get(&key)?.container.labels
        }
        ItemKind::Volume | ItemKind::AnonymousVolume => {
            &model.volumes.get(&VolumeKey { engine, name: item.id.id.clone() })?.volume.labels
        }
        ItemKind::Image | ItemKind::Session => return None,
    };
    labels.get("owner").map(|owner| format!("owner {owner}"))
}

fn item_name(item: &Item) -> String {
    match item.id.kind {
        ItemKind::AnonymousVolume => format!("{} (unnamed)", fit::beginning(&clean(&item.name), 12)),
        _ => clean(&item.name).into_owned(),
    }
}

/// One line: a mark, the name, the size, the age, and a few words.
fn line(
    model: &Model,
    item: &Item,
    plan: &Plan,
    cells: usize,
    (mark, mark_style): (&str, Style),
    (words, style): (&str, Style),
) -> Line<'static> {
    let look = &model.look;
    let name_cells = (cells / 3).clamp(10, 34);
    let name = fit::left(&fit::without_middle(&item_name(item), name_cells), name_cells);
    let size = item.size.map_or_else(|| "-".into(), bytes);
    let old = age(item.ended.max(item.created), plan.taken());
    let figures = if cells >= 60 { format!("{size:>10}  {old:>12}") } else { format!("{size:>10}") };
    let taken = fit::width(mark) + 3 + name_cells + fit::width(&figures) + 3;
    Line::from(vec![
        Span::styled(format!("  {mark} "), mark_style),
        Span::styled(name, style),
        Span::styled(format!(" {figures}  "), look.plain),
        Span::styled(fit::without_end(&clean(words), cells.saturating_sub(taken)), style),
    ])
}

impl Cleanup {
    pub(super) fn draw_all(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let [head, list, said, question] = places(area);
        let look = &model.look;
        frame.render_widget(Paragraph::new(self.headline(model)), head);
        match (self.stage, &self.problem, &self.plan) {
            (Stage::Measuring, Some(problem), _) => {
                let cells = usize::from(list.width);
                let mut lines = paragraph(&problem.words, cells, look.bad);
                if let Some(hint) = &problem.hint {
                    lines.extend(paragraph(hint, cells, look.warning));
                }
                frame.render_widget(Paragraph::new(lines), list);
            }
            (Stage::Measuring, None, _) | (_, _, None) => self.draw_measuring(model, frame, list),
            (Stage::Removing | Stage::Done, _, Some(plan)) => {
                self.draw_results(model, plan, frame, list, said);
            }
            (_, _, Some(plan)) => self.draw_tree(model, plan, frame, list, said),
        }
        self.draw_question(model, frame, question);
    }

    fn headline(&self, model: &Model) -> Line<'static> {
        let look = &model.look;
        let mut words = clean(&model.engines.name(self.engine)).into_owned();
        if let Some(plan) = &self.plan {
            words = format!("{words}  looked at {}", age(Some(plan.taken()), model.now.time));
            if let Some(why) = plan.sizes_unknown() {
                words = format!("{words}; sizes are not known: {}", clean(why));
            }
        }
        Line::styled(words, look.dim)
    }

    fn draw_measuring(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let now = model.now.since_start;
        let line = if self.action.is_some() {
            let since = elapsed(now.saturating_sub(self.begun));
            Line::from(vec![
                Span::styled(format!("{} ", look.spinner(now)), look.accent),
                Span::styled(format!("measuring… {since}"), look.plain),
            ])
        } else {
            Line::styled("Not begun: too much is under way.", look.warning)
        };
        frame.render_widget(Paragraph::new(line), area);
    }

    fn draw_tree(&self, model: &Model, plan: &Plan, frame: &mut Frame<'_>, list: Rect, said: Rect) {
        let look = &model.look;
        let nodes = self.tree.nodes(plan);
        if nodes.is_empty() {
            let words = "Nothing to remove: no managed container is stopped, no managed volume is unused, every \
                         image has a tag or a user, and no session is over for long.";
            let lines = paragraph(words, usize::from(list.width), look.plain);
            return frame.render_widget(Paragraph::new(lines), list);
        }
        let chosen = self.tree.chosen(plan);
        let cells = usize::from(list.width);
        self.rows.draw(look, frame, list, nodes.len(), |at| match nodes.get(at) {
            Some(Node::Group(group)) => self.group_line(model, plan, *group, &chosen, cells),
            Some(Node::Item(id)) => match leaf(plan, id) {
                Some(leaf) => self.leaf_line(model, plan, &leaf, chosen.contains(id), cells),
                None => Line::default(),
            },
            None => Line::default(),
        });
        let about = nodes.get(self.rows.place(nodes.len())).and_then(|node| match node {
            Node::Item(id) => leaf(plan, id),
            Node::Group(_) => None,
        });
        if let Some(leaf) = about {
            let lines = self.about(model, plan, &leaf, cells);
            let place =
                Rect { y: said.y + said.height.min(1), height: said.height.saturating_sub(1), ..said };
            frame.render_widget(Paragraph::new(lines), place);
        }
    }

    fn group_line(
        &self,
        model: &Model,
        plan: &Plan,
        group: Group,
        chosen: &std::collections::BTreeSet<ItemId>,
        cells: usize,
    ) -> Line<'static> {
        let look = &model.look;
        let leaves = leaves(plan, group);
        let free: Vec<&Leaf<'_>> = leaves.iter().filter(|leaf| leaf.lock == Lock::Free).collect();
        let going = free.iter().filter(|leaf| chosen.contains(&leaf.item.id)).count();
        let fold = if self.tree.is_folded(group) { look.glyph("▸", "+") } else { look.glyph("▾", "-") };
        if group == Group::Stays {
            let words = format!("{fold} {}  {}", group.title(), leaves.len());
            return Line::styled(words, look.dim);
        }
        let mark = match (going, free.len()) {
            (0, _) => "[ ]",
            (going, all) if going == all => "[x]",
            _ => "[-]",
        };
        let of_group =
            free.iter().map(|leaf| leaf.item.id.clone()).filter(|id| chosen.contains(id)).collect();
        let (bytes, unknown) = total(plan, &of_group);
        let much = if going == 0 { String::new() } else { format!("  {}", amount(bytes, unknown)) };
        let words = format!("{fold} {mark} {}  {going} of {}{much}", group.title(), leaves.len());
        Line::styled(fit::without_end(&words, cells), look.strong)
    }

    fn leaf_line(
        &self,
        model: &Model,
        plan: &Plan,
        leaf: &Leaf<'_>,
        is_chosen: bool,
        cells: usize,
    ) -> Line<'static> {
        let look = &model.look;
        let kept_by = self.tree.kept_by(plan, &leaf.item.id);
        let (mark, mark_style) = match leaf.lock {
            Lock::Free if is_chosen => ("[x]", look.accent),
            Lock::Free => ("[ ]", look.plain),
            Lock::Protected => ("[!]", look.warning),
            Lock::Stays => ("   ", look.dim),
        };
        let style = if is_chosen { look.plain } else { look.dim };
        let words = match (kept_by, owner(model, self, leaf.item)) {
            (Some(user), _) => format!("stays with {user}"),
            (None, Some(owner)) => format!("{owner}, {}", leaf.why),
            (None, None) => leaf.why.clone(),
        };
        line(model, leaf.item, plan, cells, (mark, mark_style), (&words, style))
    }

    /// The whole name of a thing, and why it goes or stays.
    fn about(&self, model: &Model, plan: &Plan, leaf: &Leaf<'_>, cells: usize) -> Vec<Line<'static>> {
        let look = &model.look;
        let mut why = leaf.why.clone();
        if leaf.item.protected.is_some() && leaf.lock == Lock::Free {
            why += "; protected, and named by you";
        }
        if let Some(user) = self.tree.kept_by(plan, &leaf.item.id) {
            why = format!("stays because {user} stays, which uses it");
        }
        if let Some(owner) = owner(model, self, leaf.item) {
            why = format!("{owner}; {why}");
        }
        if leaf.lock == Lock::Protected {
            why += ": space, then its name, lets it go";
        }
        let name = match leaf.item.id.kind {
            ItemKind::Container => {
                let key = ContainerKey { engine: self.engine, id: leaf.item.id.id.as_str().into() };
                container_name(model, &key)
            }
            _ => clean(&leaf.item.name).into_owned(),
        };
        let name = format!("{} {name}", leaf.item.id.kind);
        let mut lines = vec![Line::styled(fit::without_middle(&name, cells), look.strong)];
        lines.extend(wrapped(&why, cells).into_iter().map(|words| Line::styled(words, look.plain)));
        lines
    }

    fn ended(&self, id: &ItemId) -> Option<&ItemReport> {
        self.report.as_ref()?.items.iter().find(|ended| ended.item.id == *id)
    }

    fn draw_results(&self, model: &Model, plan: &Plan, frame: &mut Frame<'_>, list: Rect, said: Rect) {
        let look = &model.look;
        let going = plan.removals().iter().map(|removal| &removal.item);
        let going: Vec<&Item> = going.filter(|item| self.chosen.contains(&item.id)).collect();
        let cells = usize::from(list.width);
        self.rows.draw(look, frame, list, going.len(), |at| {
            going.get(at).map_or_else(Line::default, |item| self.result_line(model, plan, item, cells))
        });
        // The line cuts off what an error says.
        let selected = going.get(self.rows.place(going.len()));
        if let Some(sentence) = selected.and_then(|item| self.ended(&item.id)?.sentence()) {
            let place =
                Rect { y: said.y + said.height.min(1), height: said.height.saturating_sub(1), ..said };
            frame.render_widget(Paragraph::new(paragraph(&sentence, cells, look.plain)), place);
        }
    }

    fn result_line(&self, model: &Model, plan: &Plan, item: &Item, cells: usize) -> Line<'static> {
        let look = &model.look;
        let Some(ended) = self.ended(&item.id) else {
            let (mark, words) = match self.stage {
                Stage::Removing => ((look.spinner(model.now.since_start), look.accent), ""),
                _ => (("?", look.warning), "not known"),
            };
            return line(model, item, plan, cells, mark, (words, look.plain));
        };
        let mark = match ended.word() {
            "removed" | "gone" => (look.glyph("✓", "+"), look.good),
            "skipped" | "not-begun" => (look.glyph("−", "-"), look.warning),
            _ => (look.glyph("✖", "x"), look.bad),
        };
        let word = ended.word().replace('-', " ");
        let words = match ended.sentence() {
            Some(sentence) => format!("{word}: {sentence}"),
            None => word,
        };
        line(model, item, plan, cells, mark, (&words, look.plain))
    }

    fn draw_question(&self, model: &Model, frame: &mut Frame<'_>, area: Rect) {
        let look = &model.look;
        let line = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        if let Some((name, field)) = &self.typing {
            let words = format!("Type {} to let it go: ", clean(name));
            let words = fit::without_middle(&words, usize::from(line.width) * 2 / 3);
            let label = Rect { width: super::super::parts::rows(fit::width(&words)).min(line.width), ..line };
            frame.render_widget(Paragraph::new(Span::styled(words, look.warning)), label);
            let rest = Rect { x: line.x + label.width, width: line.width - label.width, ..line };
            return field.draw(look, frame, rest, true);
        }
        let (words, style) = self.bottom(model);
        let words = fit::without_end(&words, usize::from(line.width));
        frame.render_widget(Paragraph::new(Line::styled(words, style)), line);
    }

    /// What the last line says.
    fn bottom(&self, model: &Model) -> (String, Style) {
        let look = &model.look;
        if let Some(said) = &self.said {
            return (said.clone(), look.warning);
        }
        let Some(plan) = &self.plan else { return (String::new(), look.plain) };
        let since = elapsed(model.now.since_start.saturating_sub(self.begun));
        match self.stage {
            Stage::Measuring => (String::new(), look.plain),
            Stage::Choosing | Stage::Confirming => {
                let chosen = self.tree.chosen(plan);
                let (bytes, unknown) = total(plan, &chosen);
                let things = format!("{}, {}", count(chosen.len(), "thing"), amount(bytes, unknown));
                match (self.stage, chosen.len()) {
                    (_, 0) => ("Nothing is chosen.".into(), look.dim),
                    (Stage::Confirming, _) => (format!("Remove {things}, for good?  y removes"), look.bad),
                    _ => (format!("Goes: {things}"), look.strong),
                }
            }
            Stage::Removing => {
                let note = self.action.and_then(|id| model.actions.get(id)?.note.clone());
                let note = note.map_or_else(String::new, |note| format!("  {note}"));
                (format!("Removing {}, {since}{note}", count(self.chosen.len(), "thing")), look.accent)
            }
            Stage::Done => self.result(model),
        }
    }

    fn result(&self, model: &Model) -> (String, Style) {
        let look = &model.look;
        let Some(report) = &self.report else {
            let why = self.problem.as_ref().map_or("it did not end as it should", |why| why.words.as_str());
            return (why.to_owned(), look.bad);
        };
        let report: &CleanupReport = report;
        let (bytes, unknown) = report.freed();
        let removed = report.items.iter().filter(|item| item.is_removed()).count();
        let freed = if removed > 0 { format!(", {} freed", amount(bytes, unknown)) } else { String::new() };
        let left = report.items.iter().filter(|item| !item.is_gone()).count();
        let stays = if left > 0 { format!("; {} left", count(left, "thing")) } else { String::new() };
        let took = elapsed(report.elapsed);
        let words = format!("{} removed{freed}{stays}, in {took}", count(removed, "thing"));
        (words, if left > 0 { look.warning } else { look.good })
    }
}
