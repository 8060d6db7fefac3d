//! The names of recipes and tasks in their several forms.

use std::fmt;

/// A task as BitBake's scheduler names it: `[mc:NAME:][virtual:CLASS[:ARG]:]<recipe file>:do_task`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaskId(String);

/// How much of a name is kept; names of real builds are a tenth of it.
pub(super) const MOST_OF_A_NAME: usize = 1024;

impl TaskId {
    /// Takes the name as it is, up to 1024 bytes of it.
    pub(super) fn new(text: &str) -> Self {
        Self(super::scan::capped(text, MOST_OF_A_NAME).to_owned())
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The task: `do_compile`.
    #[must_use]
    pub fn task(&self) -> &str {
        task_of(&self.0)
    }

    /// The configuration it is built for in a multiconfig build.
    #[must_use]
    pub fn multiconfig(&self) -> Option<&str> {
        Some(self.0.strip_prefix("mc:")?.split_once(':')?.0)
    }

    /// The recipe's name as its file tells it: `zlib-native`. Recipes may name themselves otherwise.
    #[must_use]
    pub fn recipe(&self) -> String {
        let RecipeName { before, name, after } = RecipeName::of_id(&self.0);
        [before, if before.is_empty() { "" } else { "-" }, name, after].concat()
    }

    /// The recipe's name with the version that its file's name has: `zlib-native-1.3.1`.
    pub(super) fn file_name(&self) -> String {
        let file = self.0.rsplit('/').next().unwrap_or_default();
        let version = file.split_once(".bb:").and_then(|(stem, _)| Some(stem.split_once('_')?.1));
        let recipe = self.recipe();
        version.map_or(recipe.clone(), |version| [&recipe, "-", version].concat())
    }

    /// Whether a full name can be of its recipe.
    pub(super) fn is_of(&self, pf: &str) -> bool {
        RecipeName::of_id(&self.0).fits(pf)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The task at the end of an id.
pub(super) fn task_of(id: &str) -> &str {
    id.rsplit_once(':').map_or(id, |(_, task)| task)
}

/// The recipe an id names, by its file and its class: `before-name` or `name` + `after`.
#[derive(Debug, Clone, Copy)]
struct RecipeName<'a> {
    before: &'a str,
    name: &'a str,
    after: &'static str,
}

impl<'a> RecipeName<'a> {
    fn of_id(id: &'a str) -> Self {
        let (mut path, _) = id.rsplit_once(':').unwrap_or((id, ""));
        if let Some((_, rest)) = path.strip_prefix("mc:").and_then(|rest| rest.split_once(':')) {
            path = rest;
        }
        let (class, path) = match path.strip_prefix("virtual:") {
            // The path begins with a slash; a class may have an argument before it.
            Some(rest) => rest.split_once(":/").unwrap_or(("", rest)),
            None => ("", path),
        };
        let file = path.rsplit('/').next().unwrap_or(path);
        let file = file.strip_suffix(".bb").unwrap_or(file);
        let name = file.split('_').next().unwrap_or(file);
        let (before, after) = match class.split_once(':') {
            None if class == "native" => ("", "-native"),
            None if class == "nativesdk" => ("nativesdk", ""),
            Some(("multilib", library)) => (library, ""),
            _ => ("", ""),
        };
        Self { before, name, after }
    }

    fn fits(self, pf: &str) -> bool {
        let rest = if self.before.is_empty() {
            Some(pf)
        } else {
            pf.strip_prefix(self.before).and_then(|rest| rest.strip_prefix('-'))
        };
        let rest =
            rest.and_then(|rest| rest.strip_prefix(self.name)).and_then(|rest| rest.strip_prefix(self.after));
        rest.is_some_and(|rest| rest.starts_with('-'))
    }
}

/// The recipe in a full name `PN-[PE_]PV-PR`; `hint` is what the recipe's file says, where that is known.
pub(super) fn recipe_of(pf: &str, hint: Option<&str>) -> String {
    if let Some(hint) = hint
        && let Some(version) = without_revision(pf).strip_prefix(hint).and_then(|rest| rest.strip_prefix('-'))
        && (!version.contains('-') || version.starts_with(|first: char| first.is_ascii_digit()))
    {
        return hint.to_owned();
    }
    without_version(pf).to_owned()
}

/// The recipe in a full name, by its form alone.
pub(super) fn without_version(pf: &str) -> &str {
    let name = without_revision(pf);
    name.rsplit_once('-').map_or(name, |(name, _)| name)
}

fn without_revision(pf: &str) -> &str {
    match pf.rsplit_once('-') {
        Some((before, revision)) if revision.starts_with('r') => before,
        _ => pf,
    }
}

/// Whether a full name can be of this recipe.
pub(super) fn is_of(pf: &str, recipe: &str) -> bool {
    pf.strip_prefix(recipe).is_some_and(|rest| rest.starts_with('-'))
}

/// What a message of a task begins with: `[mc:NAME:]PF do_task`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The configuration in a multiconfig build.
    pub multiconfig: Option<&'a str>,
    /// Name, version and revision of the recipe.
    pub pf: &'a str,
    /// The task.
    pub task: &'a str,
}

impl<'a> Subject<'a> {
    /// Reads a subject that is the whole text.
    pub(super) fn whole(text: &'a str) -> Option<Self> {
        let (name, task) = text.split_once(' ')?;
        let (multiconfig, pf) = match name.strip_prefix("mc:") {
            Some(rest) => rest.split_once(':').map(|(mc, pf)| (Some(mc), pf))?,
            None => (None, name),
        };
        let is_name = |text: &str| !text.is_empty() && !text.contains(['/', ':', '\'', '(']);
        let is_task = task.starts_with("do_")
            && task.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        (is_name(pf) && pf.contains('-') && is_task).then_some(Self { multiconfig, pf, task })
    }

    /// Takes the subject off a message: what is left is the text.
    pub(super) fn of_message(text: &'a str) -> (Option<Self>, &'a str) {
        // The second colon of `mc:NAME:PF do_x: ` has no blank after it.
        match text.split_once(": ") {
            Some((subject, rest)) => match Self::whole(subject) {
                Some(subject) => (Some(subject), rest),
                None => (None, text),
            },
            None => (None, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_recipe_task_and_configuration() {
        for (id, recipe, task, mc) in [
            ("/a/zlib_1.3.1.bb:do_fetch", "zlib", "do_fetch", None),
            ("virtual:native:/a/gnu-config_git.bb:do_x", "gnu-config-native", "do_x", None),
            ("virtual:nativesdk:/a/zlib_1.bb:do_x", "nativesdk-zlib", "do_x", None),
            ("mc:boxa:virtual:multilib:lib32:/a/zlib_1.bb:do_x", "lib32-zlib", "do_x", Some("boxa")),
            ("mc:boxa:/a/core-image.bb:do_image", "core-image", "do_image", Some("boxa")),
        ] {
            let id = TaskId::new(id);
            assert_eq!((id.recipe().as_str(), id.task(), id.multiconfig()), (recipe, task, mc), "{id}");
        }
    }

    #[test]
    fn a_full_name_tells_the_recipe() {
        for (pf, hint, recipe) in [
            ("fail-shell-1.0-r0", None, "fail-shell"),
            ("gnu-config-native-20260629+git-r0", Some("gnu-config-native"), "gnu-config-native"),
            ("rpm-native-1_4.20.1-r0", Some("rpm-native"), "rpm-native"),
            ("binutils-cross-x86_64-2.47-r0", Some("binutils-cross"), "binutils-cross-x86_64"),
            ("linux-foo-5.4-rc1-r0", Some("linux-foo"), "linux-foo"),
            ("x", None, "x"),
        ] {
            assert_eq!(recipe_of(pf, hint), recipe, "{pf}");
        }
    }

    #[test]
    fn a_message_tells_its_task() {
        let (subject, text) = Subject::of_message("mc:boxa:zlib-1.3-r0 do_compile: went: wrong");
        assert_eq!(
            subject,
            Some(Subject { multiconfig: Some("boxa"), pf: "zlib-1.3-r0", task: "do_compile" })
        );
        assert_eq!(text, "went: wrong");
        for text in ["/a/b_1.bb: text", "Fetcher failure: x", "no colon", "Execution of '/x' do_x: y"] {
            assert_eq!(Subject::of_message(text), (None, text));
        }
    }
}
