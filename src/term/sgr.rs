use vte::Params;

/// What a change of style (`CSI … m`) says, in the forms the screen reads.
///
/// It knows neither the kinds of underline (`4:3`), nor the colour space of `38:2::r:g:b`, nor the colour of the
/// underline, whose numbers it would take for styles of their own.
pub(super) fn rewrite(params: &Params) -> Vec<u16> {
    let mut out = Vec::with_capacity(params.len());
    let mut params = params.iter();
    while let Some(param) = params.next() {
        match param {
            [4, 0] => out.push(24),
            [4 | 21, ..] => out.push(4),
            [target @ (38 | 48), 2, rest @ ..] => {
                if let [r, g, b] | [_, r, g, b, ..] = rest {
                    out.extend([*target, 2, *r, *g, *b]);
                }
            }
            [target @ (38 | 48), 5, index, ..] => out.extend([*target, 5, *index]),
            [target @ (38 | 48 | 58)] => {
                let numbers = match params.next() {
                    Some([2]) => 3,
                    Some([5]) => 1,
                    _ => return out,
                };
                let colour: Vec<u16> =
                    params.by_ref().take(numbers).filter_map(|p| p.first().copied()).collect();
                if *target != 58 && colour.len() == numbers {
                    out.extend([*target, if numbers == 3 { 2 } else { 5 }]);
                    out.extend(colour);
                }
            }
            [58, ..] | [] => {}
            [style, ..] => out.push(*style),
        }
    }
    out
}
