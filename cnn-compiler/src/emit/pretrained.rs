//! `pretrained()` of a network whose weights are part of the program.

use super::runtime;
use crate::plan::Parameters;
use crate::weights::Embedded;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::path::Path;

/// `impl LeNet { pub fn pretrained() -> Self { … } }`
pub(super) fn pretrained(name: &Ident, file: &Embedded, parameters: &Parameters) -> TokenStream {
    let (rt, path) = (runtime(), &file.path);
    let (parameters_len, buffers_len) = (parameters.parameters_len, parameters.buffers_len);
    // A file that has another length by now is an error of types, and is looked at again.
    let bytes = usize::try_from(file.bytes).unwrap_or(usize::MAX);
    // So Cargo knows the file as a source: what changes is compiled anew.
    let path = if Path::new(path).is_absolute() {
        quote!(#path)
    } else {
        quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path))
    };
    let doc = format!(" The network with the weights of `{}`, which are part of the program.", file.path);
    quote! {
        impl #name {
            #[doc = #doc]
            #[must_use]
            pub fn pretrained() -> Self {
                static FILE: &[u8; #bytes] = ::core::include_bytes!(#path);
                let mut network = Self { state: #rt::network::State::zeros(#parameters_len, #buffers_len) };
                ::cnn::__embedded(&mut network, FILE);
                network
            }
        }
    }
}
