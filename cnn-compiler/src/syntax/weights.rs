//! `#[weights("lenet.safetensors")]` on a network or an instance: a file that becomes part of the program.

use crate::diagnostics::{Diagnostics, Message};

/// The path that `#[weights(…)]` names; reports what is none.
pub(super) fn parse(attr: &syn::Attribute, errors: &Diagnostics) -> Option<syn::LitStr> {
    let path = attr.parse_args::<syn::LitStr>().ok();
    if path.is_none() {
        let message = Message::new("weights are the path of one file, as a text in parentheses");
        errors.error(attr, message.help("write `#[weights(\"lenet.safetensors\")]`"));
    }
    path
}
