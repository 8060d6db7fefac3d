//! As much of Python's pickles (protocols 2 to 5) as events need: numbers, texts, and the attributes of objects.
//!
//! No class is looked up and nothing is called: an object is what was given to it as its state. What holds other
//! values is kept once and named by its number, so that time and memory grow with the length of the pickle only,
//! whatever refers to what.

/// How many values may wait on the stack, and how many may be remembered.
const MOST: usize = 65_536;
/// How far references are followed.
const DEEPEST: usize = 16;

/// A value; texts stay in the pickle.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Value<'a> {
    None,
    Number(i64),
    Float(f64),
    Text(&'a str),
    /// A dictionary or an object, by its number.
    Held(usize),
    /// What is of no use here: lists, tuples, classes, bytes.
    Other,
}

#[derive(Debug)]
enum Held<'a> {
    /// What is in a dictionary under names.
    Named(Vec<(&'a str, Value<'a>)>),
    /// An object, and the dictionary that is its state.
    Object(Option<usize>),
}

/// The attributes of an object, or the entries of a dictionary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'v, 'a> {
    held: &'v [Held<'a>],
    number: usize,
}

impl<'v, 'a> Object<'v, 'a> {
    fn get(self, name: &str) -> Option<Value<'a>> {
        let mut number = self.number;
        for _ in 0..DEEPEST {
            match self.held.get(number)? {
                // Of two entries of one name, the later counts.
                Held::Named(entries) => {
                    return entries.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| *value);
                }
                Held::Object(state) => number = (*state)?,
            }
        }
        None
    }

    /// A whole number; `True` and `False` are 1 and 0, and a fraction loses what is behind the point.
    pub(super) fn number(self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => Some(number),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is between the limits of what it becomes"
            )]
            Value::Float(number) if number.abs() < 1e15 => Some(number as i64),
            _ => None,
        }
    }

    /// A number.
    pub(super) fn float(self, name: &str) -> Option<f64> {
        match self.get(name)? {
            #[expect(clippy::cast_precision_loss, reason = "numbers that large are none of ours")]
            Value::Number(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// A text.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An object within.
    pub(super) fn object(self, name: &str) -> Option<Object<'v, 'a>> {
        match self.get(name)? {
            Value::Held(number) => Some(Object { number, ..self }),
            _ => None,
        }
    }
}

/// Reads a pickle that is an object and gives it to `take`; `None` where it is not one, or breaks off.
pub(super) fn read<R>(bytes: &[u8], take: impl FnOnce(Object<'_, '_>) -> R) -> Option<R> {
    let mut machine = Machine { rest: bytes, ..Machine::default() };
    while machine.step()? {}
    match machine.stack.last()? {
        Value::Held(number) => Some(take(Object { held: &machine.held, number: *number })),
        _ => None,
    }
}

/// Python's unpickler.
#[derive(Debug, Default)]
struct Machine<'a> {
    rest: &'a [u8],
    stack: Vec<Value<'a>>,
    /// Where on the stack something with a yet unknown number of parts begins.
    marks: Vec<usize>,
    memo: Vec<Value<'a>>,
    held: Vec<Held<'a>>,
}

impl<'a> Machine<'a> {
    /// Does the next step; whether there are more. `None` where it cannot be done.
    fn step(&mut self) -> Option<bool> {
        let [code] = *self.take::<1>()?;
        match code {
            b'.' => return Some(false),
            0x80 => self.skip(1)?, // protocol
            0x95 => self.skip(8)?, // frame
            b'(' => self.mark()?,
            b'0' => drop(self.stack.pop()?),
            b'1' => self.stack.truncate(self.marks.pop()?),
            b'2' => self.push(*self.stack.last()?)?,
            b'N' => self.push(Value::None)?,
            0x88 => self.push(Value::Number(1))?,
            0x89 => self.push(Value::Number(0))?,
            b'K' => self.number::<1>()?,
            b'M' => self.number::<2>()?,
            b'J' => {
                let number = i32::from_le_bytes(*self.take()?);
                self.push(Value::Number(number.into()))?;
            }
            0x8a => {
                let length = self.length::<1>()?;
                self.long(length)?;
            }
            0x8b => {
                let length = self.length::<4>()?;
                self.long(length)?;
            }
            b'G' => {
                let number = f64::from_be_bytes(*self.take()?);
                self.push(Value::Float(number))?;
            }
            0x8c => self.text::<1>()?,
            b'X' => self.text::<4>()?,
            0x8d => self.text::<8>()?,
            b'U' | b'C' => self.bytes::<1>()?,
            b'T' | b'B' => self.bytes::<4>()?,
            0x8e | 0x96 => self.bytes::<8>()?,
            code => self.compose(code)?,
        }
        Some(true)
    }

    /// Steps that make something of what is on the stack, or remember it.
    fn compose(&mut self, code: u8) -> Option<()> {
        match code {
            b')' | b']' | 0x8f => self.push(Value::Other),
            b'}' => self.hold(Held::Named(Vec::new())),
            // A tuple, a set or a class of what is on the stack: none is looked into.
            b't' | 0x91 => self.replace(Value::Other),
            0x85 => self.replaces(1, Value::Other),
            0x86 | 0x93 => self.replaces(2, Value::Other),
            0x87 => self.replaces(3, Value::Other),
            b'a' => self.stack.pop().map(drop),
            b'e' | 0x90 => {
                let mark = self.marks.pop()?;
                self.stack.truncate(mark);
                Some(())
            }
            b's' => {
                let value = self.stack.pop()?;
                let key = self.stack.pop()?;
                let dictionary = *self.stack.last()?;
                self.set(dictionary, key, value);
                Some(())
            }
            b'u' => {
                let mark = self.marks.pop()?;
                let dictionary = *self.stack.get(mark.checked_sub(1)?)?;
                let items = self.stack.split_off(mark.min(self.stack.len()));
                for pair in items.chunks_exact(2) {
                    if let [key, value] = pair {
                        self.set(dictionary, *key, *value);
                    }
                }
                Some(())
            }
            b'c' => {
                self.line()?;
                self.line()?;
                self.push(Value::Other)
            }
            // An object is made: of a class and arguments.
            0x81 | b'R' => self.made(2),
            0x92 => self.made(3),
            b'b' => self.build(),
            0x94 => self.remember(self.memo.len(), *self.stack.last()?),
            b'q' => {
                let at = self.length::<1>()?;
                self.remember(at, *self.stack.last()?)
            }
            b'r' => {
                let at = self.length::<4>()?;
                self.remember(at, *self.stack.last()?)
            }
            b'h' => {
                let at = self.length::<1>()?;
                self.push(*self.memo.get(at)?)
            }
            b'j' => {
                let at = self.length::<4>()?;
                self.push(*self.memo.get(at)?)
            }
            _ => None,
        }
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }

    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(taken)
    }

    fn length<const N: usize>(&mut self) -> Option<usize> {
        let mut whole = [0; 8];
        whole.get_mut(..N)?.copy_from_slice(self.take::<N>()?);
        usize::try_from(u64::from_le_bytes(whole)).ok()
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let line = self.slice(memchr::memchr(b'\n', self.rest)?)?;
        self.skip(1)?;
        Some(line)
    }

    fn push(&mut self, value: Value<'a>) -> Option<()> {
        (self.stack.len() < MOST).then(|| self.stack.push(value))
    }

    fn mark(&mut self) -> Option<()> {
        (self.marks.len() < MOST).then(|| self.marks.push(self.stack.len()))
    }

    fn number<const N: usize>(&mut self) -> Option<()> {
        let number = self.length::<N>()?;
        self.push(Value::Number(i64::try_from(number).ok()?))
    }

    /// A whole number of any length; too large a one is of no use.
    fn long(&mut self, length: usize) -> Option<()> {
        let bytes = self.slice(length)?;
        let is_negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
        let mut whole = [if is_negative { 0xff } else { 0 }; 8];
        let value = match whole.get_mut(..length) {
            Some(low) => {
                low.copy_from_slice(bytes);
                Value::Number(i64::from_le_bytes(whole))
            }
            None => Value::Other,
        };
        self.push(value)
    }

    fn text<const N: usize>(&mut self) -> Option<()> {
        let length = self.length::<N>()?;
        // Half a surrogate, which Python lets through, is no text.
        let value = std::str::from_utf8(self.slice(length)?).map_or(Value::Other, Value::Text);
        self.push(value)
    }

    fn bytes<const N: usize>(&mut self) -> Option<()> {
        let length = self.length::<N>()?;
        self.slice(length)?;
        self.push(Value::Other)
    }

    fn hold(&mut self, held: Held<'a>) -> Option<()> {
        self.push(Value::Held(self.held.len()))?;
        self.held.push(held);
        Some(())
    }

    /// Puts a value in place of everything since the last mark.
    fn replace(&mut self, value: Value<'a>) -> Option<()> {
        let mark = self.marks.pop()?;
        self.stack.truncate(mark);
        self.push(value)
    }

    /// Puts a value in place of the last so many.
    fn replaces(&mut self, count: usize, value: Value<'a>) -> Option<()> {
        let left = self.stack.len().checked_sub(count)?;
        self.stack.truncate(left);
        self.push(value)
    }

    fn made(&mut self, of: usize) -> Option<()> {
        let left = self.stack.len().checked_sub(of)?;
        self.stack.truncate(left);
        self.hold(Held::Object(None))
    }

    fn set(&mut self, dictionary: Value<'a>, key: Value<'a>, value: Value<'a>) {
        if let (Value::Held(number), Value::Text(name)) = (dictionary, key)
            && let Some(Held::Named(entries)) = self.held.get_mut(number)
        {
            entries.push((name, value));
        }
    }

    fn build(&mut self) -> Option<()> {
        let state = self.stack.pop()?;
        if let (Value::Held(object), Value::Held(state)) = (*self.stack.last()?, state)
            && let Some(Held::Object(of)) = self.held.get_mut(object)
        {
            *of = Some(state);
        }
        Some(())
    }

    fn remember(&mut self, at: usize, value: Value<'a>) -> Option<()> {
        if at >= MOST {
            return None;
        }
        if at >= self.memo.len() {
            self.memo.resize(at + 1, Value::Other);
        }
        *self.memo.get_mut(at)? = value;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refers_to_itself_ends() {
        // An object whose state is itself.
        let bytes = b"\x80\x04)\x81\x94h\x00b.";
        assert_eq!(read(bytes, |object| object.number("x")), None);
        let bytes = b"\x80\x04))\x81\x94h\x00b.";
        assert_eq!(read(bytes, |object| object.number("x")), Some(None));
    }

    #[test]
    fn numbers_of_any_length_are_read() {
        for (written, expected) in [
            (b"K\x05".as_slice(), Some(5)),
            (b"M\x00\x01", Some(256)),
            (b"J\xff\xff\xff\xff", Some(-1)),
            (b"\x8a\x00", Some(0)),
            (b"\x8a\x05\x00\x00\x00\x00\x01", Some(1 << 32)),
            (b"\x8a\x01\x80", Some(-128)),
            (b"\x8a\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01", None),
            (b"G\x40\x45\x00\x00\x00\x00\x00\x00", Some(42)),
            (b"G\x7f\xf8\x00\x00\x00\x00\x00\x00", None),
            (b"\x88", Some(1)),
            (b"N", None),
        ] {
            let bytes = [b"\x80\x04}\x8c\x01x", written, b"s."].concat();
            assert_eq!(read(&bytes, |object| object.number("x")), Some(expected), "{written:?}");
        }
    }

    #[test]
    fn a_pickle_that_breaks_off_is_none() {
        let whole = b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01x\x94K\x07\x8c\x01y\x94\x8c\x02ab\x94u.";
        assert_eq!(
            read(whole, |object| (object.number("x"), object.text("y").map(str::to_owned))),
            Some((Some(7), Some("ab".into())))
        );
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end], |_| ()), None, "{end}");
        }
    }
}
