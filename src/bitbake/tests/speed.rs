//! What a line costs.

use std::path::Path;
use std::time::{Duration, Instant};

use super::*;

/// What a line may cost on average. Without optimisation only that it does not grow is worth a look.
const MOST: Duration =
    if cfg!(debug_assertions) { Duration::from_micros(20) } else { Duration::from_nanos(300) };

#[test]
fn a_line_costs_little_in_every_kind_of_output() {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    for name in ["a-nontty-success", "b-nontty-failure-k", "c-tty80-success", "x-multiconfig"] {
        let file = Path::new(&root).join(format!("tests/fixtures/bitbake/{name}.raw"));
        let bytes = std::fs::read(file).unwrap();
        // The fastest of many: what else the machine does does not count.
        let time = |_| {
            let mut reader = BuildReader::new(Output::Mixed);
            let begun = Instant::now();
            for chunk in bytes.chunks(32 << 10) {
                reader.feed(Stream::Output, None, chunk);
            }
            (begun.elapsed(), reader.lines())
        };
        let (fastest, lines) = (0..20).map(time).min().unwrap();
        let each = fastest / u32::try_from(lines).unwrap();
        assert!(each < MOST, "{name}: {each:?} a line");
    }
}
