//! `man`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::args::Cli;
use super::context::Context;
use super::exit::Exit;
use super::failure::{Ended, Failure};

/// Where to.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for the program and one for each verb into this directory, instead of printing the first
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, context: &Context) -> Ended {
    let failed = |source| Failure::Here { doing: "write the manual pages".into(), source };
    match &args.dir {
        None => {
            let mut page = Vec::new();
            write_page(Cli::command(), "smidr-console", true, &mut page).map_err(failed)?;
            context.print(&String::from_utf8_lossy(&page))?;
        }
        Some(dir) => {
            let mut all = Cli::command();
            all.build();
            write_pages(&all, "smidr-console", dir).map_err(failed)?;
        }
    }
    Ok(Exit::Done)
}

fn write_pages(command: &clap::Command, name: &str, dir: &std::path::Path) -> io::Result<()> {
    let mut file = std::fs::File::create(dir.join(format!("{name}.1")))?;
    write_page(command.clone(), name, name == "smidr-console", &mut file)?;
    for verb in command.get_subcommands() {
        write_pages(verb, &format!("{name}-{}", verb.get_name()), dir)?;
    }
    Ok(())
}

/// One page; the first has the exit codes as a section of their own.
fn write_page(command: clap::Command, name: &str, first: bool, to: &mut dyn Write) -> io::Result<()> {
    let has_verbs = command.has_subcommands();
    // The exit codes get their own section instead of the text after the help.
    let command = command.display_name(name).after_long_help("").after_help("");
    let man = Man::new(command).source(concat!("smidr-console ", env!("CARGO_PKG_VERSION")));
    man.render_title(to)?;
    man.render_name_section(to)?;
    man.render_synopsis_section(to)?;
    man.render_description_section(to)?;
    man.render_options_section(to)?;
    if has_verbs {
        man.render_subcommands_section(to)?;
    }
    if first {
        exit_status().to_writer(to)?;
        man.render_version_section(to)?;
    }
    Ok(())
}

fn exit_status() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["EXIT STATUS"]);
    for (exit, meaning) in Exit::ALL {
        section.control("TP", []);
        section.text([bold(exit.code().to_string())]);
        section.text([roman(meaning)]);
    }
    section.control("PP", []);
    section.text([roman(Exit::OVERLAP.trim())]);
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_verbs_and_the_exit_codes() {
        let mut page = Vec::new();
        write_page(Cli::command(), "smidr-console", true, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains(".SH \"EXIT STATUS\"") || page.contains(".SH EXIT STATUS"), "{page}");
        for (exit, meaning) in Exit::ALL {
            let meaning = meaning.split_whitespace().next().unwrap();
            assert!(page.contains(&format!("\\fB{}\\fR\n{meaning}", exit.code())), "{exit:?} in\n{page}");
        }
        assert!(page.contains("cleanup") || page.contains("smidr\\-console\\-exec"), "{page}");
    }

    #[test]
    fn each_verb_has_a_page() {
        let dir = tempfile::tempdir().unwrap();
        let mut all = Cli::command();
        all.build();
        write_pages(&all, "smidr-console", dir.path()).unwrap();
        for page in ["smidr-console.1", "smidr-console-exec.1", "smidr-console-volume-create.1"] {
            let text = std::fs::read_to_string(dir.path().join(page)).unwrap();
            assert!(text.contains(".SH NAME"), "{page}: {text}");
        }
    }
}
