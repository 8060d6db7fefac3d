//! Keys that come in pieces, as a slow line brings them.

use std::thread::sleep;
use std::time::Duration;

use crate::console::{SOON, Start};

/// Between two pieces of what belongs together.
const PAUSE: Duration = Duration::from_millis(60);
/// After this nothing more is expected of a key that has begun.
const GIVEN_UP: Duration = Duration::from_millis(500);

#[test]
fn a_key_or_a_paste_in_pieces_is_whole_and_half_of_one_holds_nothing_up() {
    let mut console = Start::console(&["--demo"]).run();
    console.wait_for("Volumes", SOON);
    console.press("/one");
    console.wait_for("/one", SOON);

    // An arrow, which means nothing here, and is no text either.
    for piece in ["\x1b[", "D"] {
        console.send(piece.as_bytes());
        sleep(PAUSE);
    }
    console.press("w");
    console.wait_for("/onew", SOON);

    for piece in ["\x1b[20", "0~ä漢", " and\x1b", "[20", "1~"] {
        console.send(piece.as_bytes());
        sleep(PAUSE);
    }
    console.wait_for("/onewä漢 and", SOON);

    // So many at once that reads end within one, behind its escape, too.
    console.send("\x1b[D".repeat(2000).as_bytes());
    console.press("y");
    console.wait_for("/onewä漢 andy", SOON);

    // Neither the screen nor what is typed later waits for the rest of this.
    console.send(b"\x1b[");
    sleep(PAUSE);
    console.resize(100, 30);
    console
        .wait_until("another size", SOON, |screen| screen.lines().count() == 30 && screen.contains(" and"));
    sleep(GIVEN_UP);
    console.press("x");
    console.wait_for("/onewä漢 andyx", SOON);
    console.press("<esc>");
    console.wait_gone("andyx", SOON);
    console.quit();
}
