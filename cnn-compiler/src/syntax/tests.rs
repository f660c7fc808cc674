use super::ast::{Branch, Name, Step, Stmt};
use super::*;
use quote::quote;

fn parsed(tokens: TokenStream) -> (Program, Vec<String>) {
    let errors = Diagnostics::default();
    let program = parse(&[], tokens, &errors);
    (program, errors.finish().iter().map(ToString::to_string).collect())
}

#[test]
fn every_kind_of_item_is_told_apart() {
    let (program, errors) = parsed(quote! {
        pub const CLASSES: usize = 10;
        /// Documented.
        pub fn Vgg<const ARCH: [(usize, usize)], const N: usize = { 5 }>(image: Image<1, 224, 224>) -> Vector<N> {
            block(1, ARCH)
        }
        fn block(n: usize, (a, b): (usize, usize)) { relu; }
        pub type Vgg11 = Vgg<{ [(1, 64)] }, CLASSES>;
    });
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(program.consts[0].ident, "CLASSES");
    assert_eq!(program.networks[0].name, "Vgg");
    assert_eq!(program.networks[0].params.len(), 2);
    assert_eq!(program.networks[0].input.dims.len(), 3);
    assert_eq!(program.networks[0].attrs.others.len(), 1);
    assert_eq!(program.blocks[0].params.len(), 2);
    assert_eq!(program.instances[0].network, "Vgg");
    assert_eq!(program.instances[0].args.len(), 2);
}

#[test]
fn every_kind_of_statement_is_told_apart() {
    let (program, errors) = parsed(quote! {
        fn block(c: usize) {
            let x;
            let conv = conv2d(c, kernel_size = 3);
            for i in 0..2 { relu; }
            if x.channels != c { relu; } else if c > 3 { tanh; } else { sigmoid; }
            add(x, _, { relu; conv2d(c, 1) });
            relu
        }
    });
    assert_eq!(errors, Vec::<String>::new());
    let stmts = &program.blocks[0].body.stmts;
    assert!(matches!(&stmts[0], Stmt::Tap(name) if name == "x"));
    let Stmt::Step(Some(name), Step::Call(call)) = &stmts[1] else { panic!("{:?}", stmts[1]) };
    let Name::Let(name) = name else { panic!("{name:?}") };
    assert_eq!((name.to_string(), call.name.to_string()), ("conv".into(), "conv2d".into()));
    assert!(call.args[0].name.is_none());
    assert_eq!(call.args[1].name.as_ref().unwrap(), "kernel_size");
    assert!(matches!(&stmts[2], Stmt::For(_)));
    let Stmt::If(choice) = &stmts[3] else { panic!("{:?}", stmts[3]) };
    assert!(matches!(choice.otherwise.stmts[..], [Stmt::If(_)]));
    let Stmt::Step(None, Step::Join(join)) = &stmts[4] else { panic!("{:?}", stmts[4]) };
    assert!(matches!(join.branches[..], [Branch::Tap(_), Branch::Current, Branch::Body(_)]));
    assert!(matches!(&stmts[5], Stmt::Step(None, Step::Call(_))));
}

#[test]
fn an_error_in_one_function_does_not_hide_the_next() {
    let (program, errors) = parsed(quote! {
        pub fn A(image: Image<1, 8, 8>) -> Vector<10> { relu relu }
        pub fn B(image: Picture<1, 8, 8>) -> Vector<10> { flatten }
        fn ok() { relu; }
        struct S;
    });
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert_eq!(program.broken.iter().map(|b| b.name.to_string()).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(program.blocks.len(), 1);
}

#[test]
fn what_is_not_a_layer_is_refused() {
    for tokens in [quote!(1 + 1;), quote!(let (a, b) = relu;), quote!(concat(1, 2);), quote!(println!();)] {
        let (_, errors) = parsed(quote! { fn block() { #tokens } });
        assert!(!errors.is_empty(), "{tokens}");
    }
}
