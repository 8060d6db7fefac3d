//! `<<`, which puts the fields of another group into this one.

use super::super::node::{Broken, Field, Node, Value};

/// The tree with all `<<` followed: a group's own fields come before those put in, and of several groups put in the
/// first.
pub(super) fn merged(node: Node) -> Result<Node, Broken> {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(merged).collect::<Result<_, _>>()?),
        Value::Map(fields) => Value::Map(merged_fields(fields)?),
        other => other,
    };
    Ok(Node { value, ..node })
}

fn merged_fields(fields: Vec<Field>) -> Result<Vec<Field>, Broken> {
    let (mut own, mut put_in) = (Vec::new(), Vec::new());
    for field in fields {
        let at = (field.value.place, field.value.length);
        let field = Field { value: merged(field.value)?, ..field };
        if field.name != "<<" {
            own.push(field);
            continue;
        }
        let groups = match field.value.value {
            Value::List(groups) => groups.into_iter().map(|group| group.value).collect(),
            group => vec![group],
        };
        for group in groups {
            let Value::Map(fields) = group else {
                return Err(Broken { at, what: "<< takes groups of settings, such as <<: *common".into() });
            };
            put_in.extend(fields);
        }
    }
    let mut names: std::collections::HashSet<String> = own.iter().map(|field| field.name.clone()).collect();
    own.extend(put_in.into_iter().filter(|field| names.insert(field.name.clone())));
    Ok(own)
}
