//! The real program in a pseudo terminal: keys in, screen out, and what it leaves behind.

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod actions;
#[cfg(test)]
mod builds;
#[cfg(test)]
mod console;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod engine_page;
#[cfg(test)]
mod execs;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod own;
#[cfg(test)]
mod pager;
mod printed;
#[cfg(test)]
mod producer;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod screen;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod silent;
#[cfg(test)]
mod ten_million;
#[cfg(test)]
mod typed;
