//! `#[test]` for wasm32: the same attribute, run by `wasm-bindgen-test-runner` in Node instead of by libtest.

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// Stands in for the built-in `#[test]` where a crate says `#[macro_use] extern crate caseyos_wasm_test;`.
///
/// libtest builds for wasm32-unknown-unknown but has nowhere to print there; `wasm-bindgen-test` has. Its attribute has
/// another name, and a crate whose tests run natively too would have to write both on each test: this one forwards.
#[proc_macro_attribute]
pub fn test(_args: TokenStream, item: TokenStream) -> TokenStream {
    // #[::wasm_bindgen_test::wasm_bindgen_test]
    let mut path = TokenStream::new();
    for segment in ["wasm_bindgen_test", "wasm_bindgen_test"] {
        path.extend([
            TokenTree::Punct(Punct::new(':', Spacing::Joint)),
            TokenTree::Punct(Punct::new(':', Spacing::Alone)),
            TokenTree::Ident(Ident::new(segment, Span::call_site())),
        ]);
    }
    let mut out = TokenStream::from_iter([
        TokenTree::Punct(Punct::new('#', Spacing::Alone)),
        TokenTree::Group(Group::new(Delimiter::Bracket, path)),
    ]);
    out.extend(item);
    out
}
