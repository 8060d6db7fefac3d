//! Beginning an action: it is noted, shown, and handed to the supervisor.

use crate::builds::StopStep;
use crate::engine::TermSize;
use crate::term::{Size, Terminal};
use crate::ui::model::{ExecState, ExecTab, Focus, Output, PromptDraft, PromptLine};
use crate::ui::{ActionId, Command, ContainerKey, EngineId, ExecDraft, Model, Request, Tone};

/// How many actions may be under way at once. A user never has so many; a key that is stuck might.
const AT_ONCE: usize = 64;
/// How many rows a shell can be scrolled back.
const SCROLLBACK: usize = 5000;

/// Begins an action. `None`, and the user is told, where too many are under way.
pub(super) fn begin(model: &mut Model, request: Request, commands: &mut Vec<Command>) -> Option<ActionId> {
    if model.actions.running().count() >= AT_ONCE {
        model.toasts.tell(
            Tone::Warning,
            format!("{}: not begun, {AT_ONCE} actions are under way", request.word()),
            model.now.since_start,
        );
        return None;
    }
    let grace = match &request {
        Request::Stop(_, options) | Request::Restart(_, options) => options.grace,
        Request::StopBuild { plan, .. } => plan.longest(),
        Request::EndSession { grace, .. } => *grace,
        _ => std::time::Duration::ZERO,
    };
    let mut deadline = model.options.deadline(request.verb(), grace);
    if request.is_about_session() {
        // An exec has no limit of its own; what is asked about a session is short.
        deadline = deadline.or(crate::actions::Limits::default().deadline.map(|limit| limit + grace));
    }
    if let Request::StopBuild { key, build, plan } = &request
        && let Some(builds) = model.containers.builds_mut(key)
    {
        builds.interrupt(build, if plan.from == StopStep::FinishTasks { 1 } else { 2 });
    }
    let object = object(model, &request);
    let id = model.actions.begin(request.clone(), object, deadline, model.now);
    commands.push(Command::Act(id, request));
    Some(id)
}

/// Goes on to the next step of stopping a build.
pub(super) fn skip(model: &mut Model, id: ActionId, commands: &mut Vec<Command>) {
    let Some(running) = model.actions.get(id).filter(|running| running.has_steps()) else { return };
    if let Request::StopBuild { key, build, .. } = running.request.clone()
        && let Some(builds) = model.containers.builds_mut(&key)
    {
        builds.interrupt(&build, 2);
    }
    commands.push(Command::Skip(id));
}

/// Begins an exec, and opens its tab; whether it could.
pub(super) fn begin_exec(
    model: &mut Model,
    key: &ContainerKey,
    draft: ExecDraft,
    commands: &mut Vec<Command>,
) -> bool {
    if draft.durable {
        // Its tab comes with the session.
        let request = Request::DurableExec(key.clone(), draft.request(&model.options.exec_shell));
        return begin(model, request, commands).is_some();
    }
    let request = Request::Exec(key.clone(), draft.request(&model.options.exec_shell));
    let begun = if has_room(model) { begin(model, request, commands) } else { None };
    if let Some(id) = begun {
        open_tab(model, id, key, draft, Output::Log(Box::default()));
    }
    begun.is_some()
}

/// Runs a command that was typed: its container remembers it, and is looked at.
pub(super) fn run(model: &mut Model, key: &ContainerKey, draft: ExecDraft, commands: &mut Vec<Command>) {
    let name = name_of(model, key);
    if begin_exec(model, key, draft.clone(), commands) {
        model.containers.cursor.select(key.clone());
        model.containers.clear_marks();
        model.histories.push(&name, draft.clone());
        commands.push(Command::Remember { container: name, draft });
    } else {
        let changed = std::iter::once((PromptLine::Typed, draft)).collect();
        model.drafts.keep(&name, PromptDraft { line: PromptLine::Typed, changed });
    }
}

/// Begins a build of a build file, which remembers what was built.
pub(super) fn build(
    model: &mut Model,
    engine: EngineId,
    draft: ExecDraft,
    file: String,
    commands: &mut Vec<Command>,
) {
    let mut words = shlex::split(&draft.command).unwrap_or_default().into_iter();
    let request =
        Request::Build { engine, file: file.clone(), target: words.next(), arguments: words.collect() };
    if begin(model, request, commands).is_some() && !draft.command.is_empty() {
        model.histories.push(&file, draft.clone());
        commands.push(Command::Remember { container: file, draft });
    }
}

/// Begins a shell in a tab of the pane, which has the keys then.
pub(super) fn begin_shell(model: &mut Model, key: &ContainerKey, commands: &mut Vec<Command>) {
    if !has_room(model) {
        return;
    }
    model.focus = Focus::Pane;
    let inside = crate::ui::layout::Layout::of(model).inside_pane();
    let size = Size::new(inside.width.max(1), inside.height.max(1));
    let shells = model.options.shell.clone();
    let at = TermSize { columns: size.columns(), rows: size.rows() };
    let draft = ExecDraft { command: "shell".into(), ..ExecDraft::default() };
    if let Some(id) = begin(model, Request::Shell(key.clone(), shells, at), commands) {
        open_tab(model, id, key, draft, Output::Shell(Box::new(Terminal::new(size, SCROLLBACK))));
    }
}

fn has_room(model: &mut Model) -> bool {
    let has_room = model.pane.has_room();
    if !has_room {
        let words =
            format!("{} commands are running in tabs already: end one first", crate::ui::model::EXECS);
        model.toasts.tell(Tone::Warning, words, model.now.since_start);
    }
    has_room
}

fn open_tab(model: &mut Model, id: ActionId, key: &ContainerKey, draft: ExecDraft, output: Output) {
    let begun = model.now.since_start;
    let container = key.clone();
    model.pane.open(ExecTab { id, container, draft, begun, output, state: ExecState::Running });
    model.focus = Focus::Pane;
}

/// What an action is about, in words.
fn object(model: &Model, request: &Request) -> String {
    let words = match request {
        Request::Pull(_, reference) => reference.clone(),
        Request::Create { spec, .. } => spec.name.clone(),
        Request::Build { target: Some(target), .. } => target.clone(),
        Request::Build { file, .. } => file.clone(),
        Request::CreateVolume(_, spec) => spec.name.clone(),
        Request::RemoveVolume(volume) => volume.name.clone(),
        Request::PlanCleanup(engine, _) => model.engines.name(*engine),
        Request::Cleanup { chosen, .. } => crate::text::count(chosen.len(), "thing"),
        _ => request.container().map(|key| name_of(model, key)).unwrap_or_default(),
    };
    crate::text::clean(&words).into_owned()
}

/// A container's name, or the beginning of its id where it is gone.
fn name_of(model: &Model, key: &ContainerKey) -> String {
    match model.containers.get(key) {
        Some(row) => row.container.name.clone(),
        None => key.id.short().to_owned(),
    }
}
