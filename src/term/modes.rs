/// What the program in the terminal has asked for: decides how keys, mouse and paste are encoded for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modes {
    /// Cursor keys are sent as `ESC O A` rather than `ESC [ A`.
    pub application_cursor: bool,
    /// Keys of the keypad are sent as sequences rather than as their digits.
    pub application_keypad: bool,
    /// Pasted text is sent between marks.
    pub bracketed_paste: bool,
    /// Which mouse events are wanted.
    pub mouse: MouseMode,
    /// How they are written.
    pub mouse_encoding: MouseEncoding,
    /// A full-screen program is drawn on a screen of its own, which has no scrollback.
    pub alternate_screen: bool,
}

/// Which mouse events a program wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MouseMode {
    /// None.
    #[default]
    Off,
    /// Presses of the three buttons, without modifiers (mode 9, X10).
    Press,
    /// Presses, releases and the wheel (mode 1000).
    PressRelease,
    /// These, and motion with a button held (mode 1002).
    ButtonMotion,
    /// These, and any motion (mode 1003).
    AnyMotion,
}

/// How mouse events are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MouseEncoding {
    /// One byte for each number: columns and rows up to 223.
    #[default]
    Bytes,
    /// One UTF-8 character for each number: columns and rows up to 2015 (mode 1005).
    Utf8,
    /// Decimal numbers without a limit (mode 1006).
    Sgr,
}

impl From<&vt100::Screen> for Modes {
    fn from(screen: &vt100::Screen) -> Self {
        use vt100::{MouseProtocolEncoding as Encoding, MouseProtocolMode as Mode};
        Self {
            application_cursor: screen.application_cursor(),
            application_keypad: screen.application_keypad(),
            bracketed_paste: screen.bracketed_paste(),
            mouse: match screen.mouse_protocol_mode() {
                Mode::None => MouseMode::Off,
                Mode::Press => MouseMode::Press,
                Mode::PressRelease => MouseMode::PressRelease,
                Mode::ButtonMotion => MouseMode::ButtonMotion,
                Mode::AnyMotion => MouseMode::AnyMotion,
            },
            mouse_encoding: match screen.mouse_protocol_encoding() {
                Encoding::Default => MouseEncoding::Bytes,
                Encoding::Utf8 => MouseEncoding::Utf8,
                Encoding::Sgr => MouseEncoding::Sgr,
            },
            alternate_screen: screen.alternate_screen(),
        }
    }
}
