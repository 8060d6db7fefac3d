/// Whether a character may stand in a cell or a title.
///
/// Left out is what acts rather than shows: control characters of both sets, line separators, what turns the
/// direction of writing around, and what joins or restyles its neighbours, for terminals disagree about how wide
/// the result is. (The screen cannot hold one that a variation selector made wide, either: it would panic.)
pub(super) fn may_be_shown(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}'))
}
