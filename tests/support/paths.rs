//! Finds the paths in Rust source that begin at a crate's root, and where they lead.

use std::path::Path;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// The library under its name from outside; the binary and macros use it.
const LIBRARY: &str = "smidr_console";

/// One path: the module it stands in, the module or item it names (both from the root of the crate, which is left out).
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
    pub(crate) line: usize,
}

/// Every `.rs` file under a directory, as its path from there and its text, in a stable order.
pub(crate) fn source_files(directory: &Path) -> Vec<(String, String)> {
    let (mut files, mut open) = (Vec::new(), vec![directory.to_path_buf()]);
    while let Some(directory_now) = open.pop() {
        for entry in std::fs::read_dir(&directory_now).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The module a file is (from its path under `src/`), and all paths in it that begin at the root of the crate.
pub(crate) fn named_paths(file: &Path, source: &str) -> (Vec<String>, Vec<Named>) {
    let module = module_of(file);
    let syntax = syn::parse_file(source).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut finder = Finder { module: module.clone(), found: Vec::new() };
    finder.visit_file(&syntax);
    (module, finder.found)
}

fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    match module.last().map(String::as_str) {
        Some("mod") => drop(module.pop()),
        Some("lib") if module.len() == 1 => module.clear(),
        Some("main") if module.len() > 1 => drop(module.pop()), // the root of a program of its own
        _ => {}
    }
    module
}

struct Finder {
    module: Vec<String>,
    found: Vec<Named>,
}

impl Finder {
    /// Notes a path when its first words say that it begins at the root.
    fn note(&mut self, path: &[Ident]) {
        let Some(last) = path.last() else { return };
        let words: Vec<String> = path.iter().map(Ident::to_string).collect();
        let mut rest = words.as_slice();
        let mut at = self.module.clone();
        match rest[0].as_str() {
            // The shim is compiled apart: its root is its own room.
            "crate" if at.first().is_some_and(|room| room == "shim") => at.truncate(1),
            "crate" | LIBRARY => at.clear(),
            "super" => {}
            "self" if words.get(1).is_some_and(|word| word == "super") => {}
            _ => return, // a name in scope: it came through a `use`, which is looked at, or from another crate
        }
        if rest[0] != "super" {
            rest = &rest[1..];
        }
        while rest.first().is_some_and(|word| word == "super") {
            at.pop();
            rest = &rest[1..];
        }
        at.extend(rest.iter().filter(|word| *word != "self").cloned());
        self.found.push(Named { from: self.module.clone(), to: at, line: last.span().start().line });
    }

    fn use_tree(&mut self, tree: &syn::UseTree, path: &mut Vec<Ident>) {
        let depth = path.len();
        match tree {
            syn::UseTree::Path(step) => {
                path.push(step.ident.clone());
                self.use_tree(&step.tree, path);
            }
            syn::UseTree::Name(name) => {
                path.push(name.ident.clone());
                self.note(path);
            }
            syn::UseTree::Rename(name) => {
                path.push(name.ident.clone());
                self.note(path);
            }
            syn::UseTree::Glob(_) => self.note(path),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(item, path)),
        }
        path.truncate(depth);
    }

    /// What a macro is given is not syntax yet: looks for `crate::…` word by word.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.clone()];
                    while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(next), ..] =
                        &tokens[at..]
                        && a.as_char() == ':'
                        && b.as_char() == ':'
                    {
                        path.push(next.clone());
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.note(&path);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<Ident> = path.segments.iter().map(|segment| segment.ident.clone()).collect();
        if words.len() > 1 {
            self.note(&words); // a lone `crate` is `pub(crate)`
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }
}
