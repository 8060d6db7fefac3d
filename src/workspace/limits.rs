//! What the limits of a build file mean on an engine's machine.

use super::Workspace;

/// What one processor's tasks need, in bytes: a compiler of C++ takes up to 2 GiB.
const MEMORY_OF_PROCESSOR: u64 = 2 << 30;

impl Workspace {
    /// What is worth a word about memory and processors on a machine that has so much of both; 0 is not known.
    #[must_use]
    pub fn doubts(&self, machine_memory: u64, machine_cpus: u64) -> Vec<String> {
        let container = &self.build_file.container;
        let mut doubts = Vec::new();
        if let Some(memory) = container.memory.filter(|memory| machine_memory > 0 && *memory > machine_memory)
        {
            doubts.push(format!(
                "container.memory is {}, and the engine's machine has {}",
                in_gib(memory),
                in_gib(machine_memory)
            ));
        }
        let cpus = container.cpu_count.map(u64::from);
        if let Some(cpus) = cpus.filter(|cpus| machine_cpus > 0 && *cpus > machine_cpus) {
            doubts
                .push(format!("container.cpu_count is {cpus}, and the engine's machine has {machine_cpus}"));
        }
        let memory = container.memory.unwrap_or(machine_memory).min(match machine_memory {
            0 => u64::MAX,
            known => known,
        });
        let cpus = cpus.unwrap_or(machine_cpus);
        let threads = self.build_file.build.bb_number_threads.map_or(cpus, u64::from);
        let at_once = threads.min(cpus.max(1));
        if memory > 0 && at_once > 0 && memory / at_once < MEMORY_OF_PROCESSOR {
            doubts.push(format!(
                "{} of memory for {at_once} tasks at once: a large compilation takes up to {}; a lower \
                 build.bb_number_threads, or more container.memory, keeps the kernel from killing it",
                in_gib(memory),
                in_gib(MEMORY_OF_PROCESSOR)
            ));
        }
        doubts
    }
}

fn in_gib(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) >> 30;
    format!("{}.{} GiB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Variables, read_build_file};

    fn doubts(memory: Option<u64>, cpus: Option<u32>, machine: (u64, u64)) -> Vec<String> {
        let file = Path::new("/a/smidr.yaml");
        let mut build_file = read_build_file(file, b"name: a\n", &Variables::default()).unwrap().build_file;
        build_file.container.memory = memory;
        build_file.container.cpu_count = cpus;
        Workspace::new(build_file, file.to_owned()).doubts(machine.0, machine.1)
    }

    #[test]
    fn limits_are_held_against_each_other_and_the_machine() {
        let gib = 1 << 30;
        assert_eq!(doubts(Some(16 * gib), Some(8), (64 * gib, 16)), [""; 0]);
        assert_eq!(doubts(None, None, (64 * gib, 16)), [""; 0]);
        assert_eq!(doubts(None, None, (0, 0)), [""; 0], "nothing is known");
        let told = doubts(Some(8 * gib), Some(8), (64 * gib, 16));
        assert!(told.len() == 1 && told[0].starts_with("8.0 GiB of memory for 8 tasks at once"), "{told:?}");
        let told = doubts(Some(128 * gib), Some(32), (64 * gib, 16));
        assert!(told[0].contains("is 128.0 GiB") && told[1].contains("is 32, and"), "{told:?}");
        assert!(
            doubts(None, None, (8 * gib, 16))[0].contains("8.0 GiB of memory for 16 tasks"),
            "no limit is the machine's"
        );
    }
}
