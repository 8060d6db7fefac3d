//! Everything a key, the palette or the settings file can name, in one table.

use std::fmt;

use super::Context;

/// Whether a deed can cost somebody work: `--read-only` takes these away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// It only looks, or changes what is shown.
    Looks,
    /// It changes something at the engine.
    Changes,
}

/// One row of the table.
#[derive(Debug)]
pub struct DeedInfo {
    /// What.
    pub deed: Do,
    /// Its name in the settings file and the palette.
    pub name: &'static str,
    /// One or two words for the footer.
    pub short: &'static str,
    /// A sentence for the help.
    pub help: &'static str,
    /// Whether it can cost somebody work.
    pub risk: Risk,
    /// Where it can be done, and the keys for it there when the settings say nothing else.
    pub keys: &'static [(Context, &'static [&'static str])],
}

macro_rules! deeds {
    ($($deed:ident, $name:literal, $short:literal, $help:literal, $risk:ident, [$($context:ident $keys:tt),*];)*) => {
        /// What the user can have done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the table says what each is")]
        pub enum Do { $($deed),* }

        /// Every deed, in the order of the help.
        pub const DEEDS: &[DeedInfo] = &[$(DeedInfo {
            deed: Do::$deed, name: $name, short: $short, help: $help, risk: Risk::$risk,
            keys: &[$((Context::$context, &$keys)),*],
        }),*];
    };
}

deeds! {
    // Containers
    Start, "start", "start", "Start the container, or all marked ones", Changes, [Containers ["u"]];
    Stop, "stop", "stop", "Stop: its signal, then KILL after the grace; of a build, step by step; again offers kill", Changes, [Containers ["s"]];
    Restart, "restart", "restart", "Stop the container and start it again", Changes, [Containers ["r"]];
    Kill, "kill", "kill", "Send a signal of your choice to its main process", Changes, [Containers ["K"]];
    Pause, "pause", "pause", "Freeze the container, or thaw it", Changes, [Containers ["p"]];
    Exec, "exec", "exec", "Run a command in the container, its output in a tab of its own", Changes, [Containers ["e"], Pane ["e"]];
    Shell, "shell", "shell", "Open an interactive shell in a tab", Changes, [Containers ["S"], Pane ["S"]];
    ShellFullScreen, "shell-full-screen", "full shell", "Leave the whole screen to a shell until it ends", Changes, [Containers ["F"], Pane ["F"]];
    Rename, "rename", "rename", "Give the container another name", Changes, [Containers ["R"]];
    RemoveContainer, "remove", "remove", "Remove the container, or all marked ones: asks first", Changes, [Containers ["D"]];
    Create, "create", "new", "Make a container", Changes, [Containers ["N"]];
    Pull, "pull", "pull", "Fetch an image", Changes, [Lists ["P"]];
    Cleanup, "cleanup", "clean up", "Show what a cleanup would remove, choose, and remove exactly that", Changes, [Lists ["c"]];
    Open, "open", "open", "Look at the container in the pane", Looks, [Containers ["enter", "right", "l"]];
    Inspect, "inspect", "inspect", "Show everything the engine knows of it", Looks, [Containers ["i"], Volumes ["i"]];
    // Volumes
    VolumeUsers, "volume-users", "its users", "Go to the containers that use the volume", Looks, [Volumes ["enter"]];
    CreateVolume, "create-volume", "new", "Make a volume", Changes, [Volumes ["N"]];
    RemoveVolume, "remove-volume", "remove", "Remove the volume and all in it: asks first", Changes, [Volumes ["D"]];
    // Lists
    Mark, "mark", "mark", "Mark or unmark, and go on to the next; actions then take all marked", Looks, [Containers ["space"]];
    MarkAll, "mark-all", "mark all", "Mark all that are shown; again unmarks them", Looks, [Containers ["A"]];
    InvertMarks, "invert-marks", "invert", "Mark what is not marked, and the other way round", Looks, [Containers ["*"]];
    MergeLogs, "merge-logs", "merge logs", "Show the logs of all marked containers in one, by time", Looks, [Containers ["M"]];
    Filter, "filter", "filter", "Show only what matches; letters may be apart", Looks, [Lists ["/"]];
    ShowStopped, "show-stopped", "stopped", "Show or hide what does not run", Looks, [Lists ["a"]];
    SortNext, "sort-next", "sort", "Sort by the next column", Looks, [Lists ["o"]];
    SortReverse, "sort-reverse", "reverse", "Turn the order round", Looks, [Lists ["O"]];
    // Moving
    Down, "down", "down", "One line down", Looks, [Everywhere ["down", "j"]];
    Up, "up", "up", "One line up", Looks, [Everywhere ["up", "k"]];
    PageDown, "page-down", "page", "A page down", Looks, [Everywhere ["pagedown", "ctrl-f"], Pane ["space"]];
    PageUp, "page-up", "page up", "A page up", Looks, [Everywhere ["pageup", "ctrl-b"]];
    HalfPageDown, "half-page-down", "half page", "Half a page down", Looks, [Everywhere ["ctrl-d"]];
    HalfPageUp, "half-page-up", "half up", "Half a page up", Looks, [Everywhere ["ctrl-u"]];
    Top, "top", "top", "To the first line", Looks, [Everywhere ["g", "home"]];
    Bottom, "bottom", "bottom", "To the last line; a log follows there", Looks, [Everywhere ["G", "end"]];
    Left, "left", "left", "Scroll to the left; at the margin, back to the lists", Looks, [Pane ["left", "h"]];
    Right, "right", "right", "Scroll to the right", Looks, [Pane ["right", "l"]];
    // Builds
    Build, "build", "build", "Build a target in a container of its own, which goes on when the console ends", Changes, [Everywhere ["b"]];
    ShowBuild, "show-build", "progress", "How far the build in the container is, what runs in it, what failed and why", Looks, [Everywhere ["B"]];
    Cause, "cause", "cause", "Open the failed task's own log where it says why; there, n goes on to the next", Looks, [Everywhere ["E"]];
    GoThere, "go-there", "go there", "To that line of the build's log; of a running task, to its own log", Looks, [Build ["enter"]];
    NextBuild, "next-build", "next build", "Of several builds in the container, show the one that began later", Looks, [Build [">"]];
    PreviousBuild, "previous-build", "one before", "Of several builds in the container, show the one that began before", Looks, [Build ["<"]];
    // The pane
    NextTab, "next-tab", "tab", "The next tab", Looks, [Everywhere ["]"]];
    PreviousTab, "previous-tab", "tab back", "The tab before", Looks, [Everywhere ["["]];
    CloseTab, "close-tab", "close tab", "Close the tab of merged logs, of a build's or task's log, of a command that is over", Looks, [Pane ["ctrl-w"]];
    Zoom, "zoom", "zoom", "Give the pane the whole screen, or take it back", Looks, [Everywhere ["z"]];
    Follow, "follow", "follow", "Stay at the end of the log, or stay where you are", Looks, [Log ["f"]];
    GoTo, "go-to", "go to", "Go to a line (or type its number), to a share (50%), to a time (@14:05)", Looks, [Log ["@"]];
    NextError, "next-error", "error", "To the next error", Looks, [Log ["}"]];
    PreviousError, "previous-error", "error up", "To the error before", Looks, [Log ["{"]];
    NextWarning, "next-warning", "warning", "To the next warning or error", Looks, [Log [")"]];
    PreviousWarning, "previous-warning", "warning up", "To the warning or error before", Looks, [Log ["("]];
    NextRemark, "next-remark", "remark", "To the next remark: a command began or ended, a restart", Looks, [Log [">"]];
    PreviousRemark, "previous-remark", "remark up", "To the remark before", Looks, [Log ["<"]];
    SetMark, "set-mark", "set mark", "Mark the line you are at with a letter", Looks, [Log ["m"]];
    GoToMark, "go-to-mark", "to mark", "To the mark of a letter; with ' back to where the last jump began", Looks, [Log ["'"]];
    Select, "select", "select", "Select whole lines from here on; moving takes the other end along", Looks, [Log ["V"]];
    Raw, "raw", "raw", "Show lines as they came: control characters, redraws, bytes that are no text", Looks, [Log ["r"]];
    SaveLog, "save-log", "save", "Save the log, or the lines that are selected, to a file", Looks, [Log ["ctrl-s"]];
    Pager, "pager", "pager", "Read the log, or the lines that are selected, in $PAGER", Looks, [Log ["|"]];
    Wrap, "wrap", "wrap", "Break long lines, or cut them", Looks, [Log ["w"]];
    Timestamps, "timestamps", "times", "Show when each line was printed", Looks, [Log ["t"]];
    LineNumbers, "line-numbers", "numbers", "Number the lines", Looks, [Log ["#"]];
    Search, "search", "search", "Search in the text", Looks, [Inspect ["/"], Log ["/"]];
    SearchBack, "search-back", "search back", "Search upwards in the log", Looks, [Log ["?"]];
    NextMatch, "next-match", "next", "The next match; in the log of a failed task, the next cause", Looks, [Inspect ["n"], Log ["n"]];
    PreviousMatch, "previous-match", "previous", "The match before, or the cause before", Looks, [Inspect ["N"], Log ["N"]];
    FilterLines, "filter-lines", "filter", "Show only lines that match; after a !, only those that do not", Looks, [Log ["&"]];
    FilterLevel, "filter-level", "level", "Show only warnings and errors, only errors, or everything", Looks, [Log ["L"]];
    MoreContext, "more-context", "more around", "Show one more line around each that the filter found", Looks, [Log ["+"]];
    LessContext, "less-context", "less around", "Show one line less around each that the filter found", Looks, [Log ["-"]];
    Reveal, "reveal", "reveal", "Show the values of variables that look like secrets, or hide them", Looks, [Inspect ["v"]];
    RunAgain, "run-again", "again", "Run the command of this tab once more", Changes, [Log ["."]];
    CancelExec, "cancel-exec", "cancel", "End the command of this tab and everything it started; of a session it asks first", Changes, [Pane ["ctrl-c"]];
    ForgetSession, "forget-session", "remove", "Remove what is kept of this tab's session, which is over: asks first", Changes, [Log ["D"]];
    Copy, "copy", "copy", "Copy what is selected: the name in a list, what is shown in the pane", Looks, [Everywhere ["y"]];
    // Everywhere
    NextFocus, "next-focus", "go on", "To the next part of the screen", Looks, [Everywhere ["tab"]];
    PreviousFocus, "previous-focus", "go back", "To the part of the screen before", Looks, [Everywhere ["shift-tab"]];
    CancelAction, "cancel-action", "cancel", "Cancel the newest running action; once more does not wait for its end", Looks, [Everywhere ["x"]];
    NextStep, "next-step", "next step", "Go on to the next step of the build that is being stopped, without waiting", Changes, [Everywhere ["X"]];
    History, "history", "history", "Everything that was done, how it ended, and why", Looks, [Everywhere ["H"]];
    Engines, "engines", "engines", "The engines, and why one does not answer", Looks, [Everywhere ["I"]];
    Demo, "demo", "demo", "Open the built-in simulated engine", Looks, [EnginePage ["d"]];
    Retry, "retry", "try again", "Try all endpoints again now", Looks, [EnginePage ["r"]];
    Refresh, "refresh", "refresh", "Ask the engines for everything again, sizes too", Looks, [Everywhere ["ctrl-r", "f5"]];
    Palette, "palette", "commands", "Every action by its name", Looks, [Everywhere [":"]];
    Help, "help", "help", "This help", Looks, [Everywhere ["?", "f1"]];
    Close, "close", "back", "Close, clear the filter or the marks, or go back to the lists", Looks, [Everywhere ["esc"]];
    Redraw, "redraw", "redraw", "Draw the whole screen anew", Looks, [Everywhere ["ctrl-l"]];
    Suspend, "suspend", "suspend", "Back to the shell; `fg` returns", Looks, [Everywhere ["ctrl-z"]];
    Quit, "quit", "quit", "Leave; containers, and the builds and all else in them, go on", Looks, [Everywhere ["q"]];
}

impl Do {
    /// Its row of the table.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "every deed is made from its row, in their order: see the test"
    )]
    pub fn info(self) -> &'static DeedInfo {
        &DEEDS[self as usize]
    }

    /// The deed of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        DEEDS.iter().find(|info| info.name == name).map(|info| info.deed)
    }

    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        DEEDS.iter().map(|info| info.name)
    }
}

impl fmt::Display for Do {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_deed_is_its_own_row() {
        for (place, info) in DEEDS.iter().enumerate() {
            assert_eq!(info.deed as usize, place);
            assert_eq!(Do::named(info.name), Some(info.deed));
            assert_eq!(info.deed.info().name, info.name);
        }
        assert_eq!(Do::names().collect::<BTreeSet<_>>().len(), DEEDS.len());
    }

    #[test]
    fn the_footer_has_room_for_every_word() {
        for info in DEEDS {
            assert!(info.short.len() <= 11, "{}", info.name);
            assert!(info.help.len() <= 90 && !info.help.ends_with('.'), "{}", info.name);
        }
    }
}
