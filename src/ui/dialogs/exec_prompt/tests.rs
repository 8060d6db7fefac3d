use crate::actions::cleanup::NameGlob;
use crate::engine::ContainerState;
use crate::ui::model::SavedCommand;
use crate::ui::test_support::{DOCKER, Stage, container, containers, key};
use crate::ui::{Command, EngineNews, ExecDraft, Message, Request};

fn draft(command: &str) -> ExecDraft {
    ExecDraft { command: command.into(), ..ExecDraft::default() }
}

fn saved(name: &str, command: &str, glob: Option<&str>) -> SavedCommand {
    SavedCommand {
        name: name.into(),
        draft: ExecDraft { user: "builder".into(), ..draft(command) },
        containers: glob.map(|glob| NameGlob::new(glob).unwrap()),
    }
}

/// The prompt of yocto-a, in which three commands were run; two are saved for it.
fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.model.options.commands = vec![
        saved("disk", "df -h /work", None),
        saved("layers", "bitbake-layers show-layers", Some("yocto-*")),
        saved("other", "psql", Some("zabbix")),
    ];
    let drafts = vec![
        draft("ls -l"),
        ExecDraft {
            workdir: "/work/build".into(),
            env: vec!["BB_NUMBER_THREADS=8".into()],
            ..draft("bitbake core-image-minimal")
        },
        draft("for f in *; do\n  echo $f\ndone"),
    ];
    stage.tell(Message::History { container: "yocto-a".into(), drafts });
    stage.on("yocto-a").keys("e");
    assert_eq!(stage.dialogs(), 1);
    stage
}

/// What was run: in which container, and the command and options as the engine gets them.
fn ran(stage: &mut Stage) -> Vec<(String, Vec<String>)> {
    stage
        .acts()
        .into_iter()
        .map(|(_, request)| match request {
            Request::Exec(of, exec) => (of.id.to_string(), exec.command),
            other => panic!("{other:?}"),
        })
        .collect()
}

fn ran_in_a(command: &str) -> Vec<(String, Vec<String>)> {
    vec![("id-yocto-a".to_owned(), ["/bin/sh", "-c", command].map(str::to_owned).to_vec())]
}

#[test]
fn it_says_where_the_command_goes() {
    for (width, height) in [(60, 15), (80, 24), (120, 40), (200, 50)] {
        let mut stage = opened(width, height);
        insta::assert_snapshot!(format!("prompt_{width}x{height}"), stage.draw());
        stage.types("bitbake").keys("alt-enter").types("  -k core-image-sato").keys("tab").types("root");
        insta::assert_snapshot!(format!("prompt_typed_{width}x{height}"), stage.draw());
    }
}

#[test]
fn enter_runs_it_and_the_container_remembers_it() {
    let mut stage = opened(120, 40);
    stage.keys("enter");
    assert_eq!((stage.dialogs(), ran(&mut stage)), (1, vec![]), "nothing is no command");
    stage.types("echo 1").keys("ctrl-j").types("echo 2\n");
    assert_eq!(stage.dialogs(), 0);
    assert_eq!(ran(&mut stage), ran_in_a("echo 1\necho 2"));
    let remembered = stage.commands.iter().filter_map(|command| match command {
        Command::Remember { container, draft } => Some((container.as_str(), draft.command.as_str())),
        _ => None,
    });
    assert_eq!(remembered.collect::<Vec<_>>(), [("yocto-a", "echo 1\necho 2")]);
    stage.on("yocto-a").keys("e up");
    assert!(stage.draw().contains("echo 2"), "{}", stage.draw());
    assert!(stage.draw().contains("earlier command 4 of 4"), "{}", stage.draw());
}

#[test]
fn options_go_with_it_once_they_are_right() {
    let mut stage = opened(120, 40);
    stage.types("id").keys("tab").types("root").keys("tab").types("work").keys("tab").types("A=1");
    stage.keys("ctrl-j").types("wrong\n");
    assert!(stage.draw().contains("the workdir is a whole path"), "{}", stage.draw());
    stage.keys("home").types("/").keys("enter");
    assert!(stage.draw().contains(r#"NAME=value is needed, not "wrong""#), "{}", stage.draw());
    insta::assert_snapshot!("prompt_wrong_env", stage.draw());
    stage.keys("ctrl-u").types("B=2 3\n");
    let acts = stage.acts();
    let [(_, Request::Exec(_, exec))] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(exec.user.as_deref(), Some("root"));
    assert_eq!(exec.working_dir.as_deref(), Some("/work"));
    assert_eq!(exec.env, ["A=1", "B=2 3"]);
}

#[test]
fn up_and_down_walk_through_what_was_run_and_lose_nothing() {
    let mut stage = opened(120, 40);
    stage.types("half a comm").keys("up");
    assert!(stage.draw().contains("echo $f"), "{}", stage.draw());
    // Within the command the keys move between its lines.
    stage.keys("up up up");
    let drawn = stage.draw();
    assert!(drawn.contains("core-image-minimal") && drawn.contains("/work/build"), "{drawn}");
    stage.keys("ctrl-e").types(" -k").keys("up");
    assert!(stage.draw().contains("ls -l"), "{}", stage.draw());
    stage.keys("up");
    assert!(stage.draw().contains("earlier command 1 of 3"), "there is no older one");
    stage.keys("down");
    assert!(stage.draw().contains("core-image-minimal -k"), "{}", stage.draw());
    assert!(stage.draw().contains("changed: makes a new one"), "{}", stage.draw());
    stage.keys("down down");
    assert!(stage.draw().contains("half a comm"), "{}", stage.draw());
    stage.keys("up up up up enter");
    assert_eq!(ran(&mut stage), ran_in_a("bitbake core-image-minimal -k"));
    let commands: Vec<_> =
        stage.model.histories.of("yocto-a").iter().map(|draft| draft.title().to_owned()).collect();
    let expected = ["ls -l", "bitbake core-image-minimal", "for f in *; do", "bitbake core-image-minimal -k"];
    assert_eq!(commands, expected, "the earlier one is as it was");
    stage.keys("e");
    assert!(stage.draw().contains("half a comm"), "what was typed is still there:\n{}", stage.draw());
}

#[test]
fn escape_keeps_what_was_typed_for_that_container() {
    let mut stage = opened(120, 40);
    stage.types("bitbake -c cle").keys("tab tab").types("/work").keys("esc");
    assert_eq!((stage.dialogs(), ran(&mut stage)), (0, vec![]));
    stage.on("yocto-b").keys("e");
    assert!(!stage.draw().contains("bitbake -c cle"), "{}", stage.draw());
    stage.keys("esc").on("yocto-a").keys("e").types("an\n");
    assert_eq!(ran(&mut stage), ran_in_a("bitbake -c clean"));
    stage.on("yocto-a").keys("e");
    assert!(
        !stage.draw().contains("bitbake -c clean") || stage.draw().contains("such as"),
        "{}",
        stage.draw()
    );
}

#[test]
fn a_search_brings_one_back_and_escape_from_it_changes_nothing() {
    let mut stage = opened(120, 40);
    stage.types("typed").keys("ctrl-r");
    insta::assert_snapshot!("prompt_search_120x40", stage.draw());
    stage.types("core min");
    insta::assert_snapshot!("prompt_searched", stage.draw());
    stage.keys("esc");
    assert!(stage.draw().contains("typed"));
    stage.keys("ctrl-r").types("bbmin").keys("enter");
    assert_eq!(stage.dialogs(), 1, "it is brought back, not run");
    assert!(stage.draw().contains("bitbake core-image-minimal"), "{}", stage.draw());
    stage.keys("enter");
    assert_eq!(ran(&mut stage), ran_in_a("bitbake core-image-minimal"));
    stage.resize(60, 15).on("yocto-a").keys("e ctrl-r");
    insta::assert_snapshot!("prompt_search_60x15", stage.draw());
}

#[test]
fn saved_commands_are_those_for_the_container() {
    let mut stage = opened(120, 40);
    stage.keys("ctrl-s");
    let drawn = stage.draw();
    assert!(drawn.contains("saved: layers") && drawn.contains("saved: disk"), "{drawn}");
    assert!(!drawn.contains("psql") && !drawn.contains("ls -l"), "{drawn}");
    stage.keys("down enter");
    assert!(stage.draw().contains("saved as layers"), "{}", stage.draw());
    stage.keys("enter");
    let acts = stage.acts();
    let [(_, Request::Exec(_, exec))] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(exec.user.as_deref(), Some("builder"));
}

#[test]
fn it_runs_in_each_marked_one_that_runs() {
    let mut stage = Stage::new(120, 40);
    stage.keys("A").on("yocto-d").keys("e");
    insta::assert_snapshot!("prompt_marked", stage.draw());
    stage.types("sync\n");
    let places: Vec<String> = ran(&mut stage).into_iter().map(|(of, _)| of).collect();
    assert_eq!(places, ["id-yocto-b", "id-yocto-a"]);
    assert_eq!(stage.model.containers.cursor.selected(), Some(&key("yocto-a")), "one of them is looked at");
    assert_eq!(stage.model.pane.execs().len(), 2);
    assert_eq!(stage.model.containers.marked(), 0);
    for name in ["yocto-a", "yocto-b"] {
        assert_eq!(stage.model.histories.of(name).len(), 1, "{name}");
    }
}

#[test]
fn a_container_that_has_ended_meanwhile_costs_no_text() {
    let mut stage = opened(120, 40);
    let mut listed = containers();
    listed[0] = container("yocto-a", ContainerState::Exited, "Exited (1) 1 second ago");
    stage.types("make").tell(Message::Engine(DOCKER, EngineNews::Containers(listed)));
    stage.keys("enter");
    assert_eq!((stage.dialogs(), ran(&mut stage)), (1, vec![]));
    assert!(stage.draw().contains("yocto-a does not run just now"), "{}", stage.draw());
    stage.keys("esc");
    stage.tell(Message::Engine(DOCKER, EngineNews::Containers(containers())));
    stage.on("yocto-a").keys("e enter");
    assert_eq!(ran(&mut stage), ran_in_a("make"));
}

#[test]
fn a_command_that_cannot_begin_is_kept() {
    let mut stage = opened(120, 40);
    stage.types("make\n");
    for _ in 1..crate::ui::model::EXECS {
        stage.on("yocto-a").keys("e").types("make\n");
    }
    assert_eq!(ran(&mut stage).len(), crate::ui::model::EXECS);
    stage.on("yocto-a").keys("e").types("one too many\n");
    assert_eq!(ran(&mut stage), vec![]);
    stage.keys("e");
    assert!(stage.draw().contains("one too many"), "{}", stage.draw());
}

#[test]
fn a_paste_goes_in_whole_or_not_at_all() {
    let mut stage = opened(120, 40);
    stage.pastes("cd /work\r\nbitbake \u{1b}[31mvirtual/kernel\rls\n");
    assert_eq!(stage.dialogs(), 1, "a line break in it runs nothing");
    stage.keys("tab").pastes("two\nlines").keys("shift-tab");
    stage.pastes(&"x".repeat(70_000));
    assert!(stage.draw().contains("too much"), "{}", stage.draw());
    stage.keys("enter");
    let acts = stage.acts();
    let [(_, Request::Exec(_, exec))] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(exec.command.last().unwrap(), "cd /work\nbitbake [31mvirtual/kernel\nls");
    assert_eq!(exec.user.as_deref(), Some("two lines"));
}

#[test]
fn it_draws_at_any_size() {
    let mut stage = opened(80, 24);
    stage.draws_at_any_size();
    stage.pastes(&"寿司\t\u{1f469}\u{200d}\u{1f4bb} word ".repeat(40)).draws_at_any_size();
    stage.keys("tab tab tab").types("A=1").keys("ctrl-j ctrl-j ctrl-j ctrl-j ctrl-j").draws_at_any_size();
    stage.keys("ctrl-r").draws_at_any_size();
    stage.types("x").draws_at_any_size();
}
