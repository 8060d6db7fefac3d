//! `shim guard`: the dead man's switch of a tree that cannot have one of its own.

use std::io::{self, Read};
use std::thread::sleep;
use std::time::Duration;

use crate::args::End;
use crate::tokens;

/// How often, and how often at most, a tree is looked for whose client died while it was being started: 10 s in all.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS: u32 = 50;

/// Waits on standard input. A byte is the client's word that the guard is not needed any more; an end without one means
/// that the client is gone, and ends the tree. The answer is the code to exit with.
pub fn stand(end: &End) -> u8 {
    let mut word = [0];
    if matches!(io::stdin().read(&mut word), Ok(1)) {
        return 0;
    }
    for _ in 1..LOOKS {
        let code = tokens::signal(end);
        if code != tokens::NOT_FOUND {
            return code;
        }
        sleep(LOOK_EVERY);
    }
    tokens::signal(end)
}
