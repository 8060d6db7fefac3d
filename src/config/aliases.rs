//! What the anchors of a file name, so that aliases can stand for it.

use std::collections::HashMap;

use super::node::{Node, Value};

/// So many values may be kept and copied for aliases altogether. A file whose aliases name others, each several times,
/// stands for more values than any memory holds.
const MOST: usize = 20_000;

/// Why an alias does not stand for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotCopied {
    #[error("the aliases (*) of this file stand for more than {MOST} values")]
    TooMany,
    #[error("this alias (*) stands within what it names")]
    Within,
}

/// The values of the anchors read so far.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    named: HashMap<usize, (Node, usize)>,
    values: usize,
}

impl Aliases {
    /// Keeps what this anchor names.
    pub(super) fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), NotCopied> {
        let values = size(node);
        self.count(values)?;
        self.named.insert(anchor, (node.clone(), values));
        Ok(())
    }

    /// What this anchor names.
    pub(super) fn copy(&mut self, anchor: usize) -> Result<Node, NotCopied> {
        let (_, values) = self.named.get(&anchor).ok_or(NotCopied::Within)?;
        self.count(*values)?;
        self.named.get(&anchor).map(|(node, _)| node.clone()).ok_or(NotCopied::Within)
    }

    fn count(&mut self, values: usize) -> Result<(), NotCopied> {
        self.values = self.values.saturating_add(values);
        if self.values > MOST { Err(NotCopied::TooMany) } else { Ok(()) }
    }
}

/// How many values there are in this one, itself counted.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Null | Value::Scalar { .. } => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(fields) => fields.iter().map(|field| size(&field.value)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn wrong(text: &str) -> String {
        Node::parse_with_aliases(text).unwrap_err().what
    }

    #[test]
    fn an_alias_is_what_it_names_in_the_place_where_that_was_written() {
        let root = Node::parse_with_aliases("a: &x\n  - 1\nb: *x\n").unwrap().unwrap();
        let Value::Map(fields) = root.value else { panic!() };
        assert_eq!(fields[0].value, fields[1].value);
        assert_eq!(fields[1].value.place.line, 2);
    }

    #[test]
    fn aliases_cannot_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let before = format!("*a{}", level - 1);
            writeln!(text, "a{level}: &a{level} [{}]", [before.as_str(); 9].join(", ")).unwrap();
        }
        assert!(wrong(&text).contains("more than 20000 values"));
        let mut chain = String::new();
        for level in 1..20_000 {
            writeln!(chain, "- &a{level} [*a{}]", level - 1).unwrap();
        }
        assert!(wrong(&format!("- &a0 x\n{chain}")).contains("more than 20000"), "nor the stack");
    }

    #[test]
    fn an_alias_of_nothing_or_of_itself_is_refused() {
        assert!(wrong("a: &x [*x]\n").contains("within what it names"));
        assert!(Node::parse_with_aliases("a: *x\n").is_err());
        assert!(wrong("a: !!str 1").contains("tags"));
    }
}
