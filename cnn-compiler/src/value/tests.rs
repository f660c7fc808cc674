use super::*;
use syn::parse_quote;

struct Known;

impl Scope for Known {
    fn lookup(&self, name: &Ident) -> Option<Value> {
        match name.to_string().as_str() {
            "n" => Some(Value::Int(3)),
            "x" => Some(Value::Tensor(Shape::Image([64, 28, 14]))),
            "bad" => Some(Value::Unknown),
            _ => None,
        }
    }
    fn names(&self) -> Vec<String> {
        vec!["n".into(), "x".into(), "channels".into()]
    }
    fn current(&self) -> Option<Value> {
        Some(Value::Tensor(Shape::Vector(10)))
    }
}

#[allow(clippy::needless_pass_by_value)] // so that `parse_quote!` can stand in the call
fn value(expr: syn::Expr) -> Result<Value, String> {
    let errors = Diagnostics::default();
    let value = evaluate(&expr, &Known, &errors);
    match &errors.finish()[..] {
        [] => Ok(value),
        [error, ..] => Err(error.to_string()),
    }
}

#[test]
fn arithmetic_is_rusts() {
    assert_eq!(value(parse_quote!(2 + n * 4 - 7 / 2 % 2)), Ok(Value::Int(13)));
    assert_eq!(value(parse_quote!((2 + n) * 4)), Ok(Value::Int(20)));
    assert_eq!(value(parse_quote!(-0.5 * 2.0)), Ok(Value::Float(-1.0)));
    assert_eq!(value(parse_quote!({ [(1, 64), (2, n)] })).unwrap().to_string(), "[(1, 64), (2, 3)]");
    assert_eq!(value(parse_quote!([n; 2])), Ok(Value::Array(vec![Value::Int(3); 2])));
    assert_eq!(value(parse_quote!(0..n)), Ok(Value::Range(0, 3)));
    assert_eq!(value(parse_quote!(1..=n)), Ok(Value::Range(1, 4)));
}

#[test]
fn conditions_are_rusts() {
    assert_eq!(value(parse_quote!(n >= 3 && !(n == 4))), Ok(Value::Bool(true)));
    assert_eq!(value(parse_quote!(n != 3 && 1 / 0 == 1)), Ok(Value::Bool(false)), "short-circuit");
    assert_eq!(value(parse_quote!((1, 2) == (1, n - 1))), Ok(Value::Bool(true)));
}

#[test]
fn tensors_tell_their_shape() {
    assert_eq!(value(parse_quote!(x.channels * 2)), Ok(Value::Int(128)));
    assert_eq!(value(parse_quote!((x.height, x.width).1)), Ok(Value::Int(14)));
    assert_eq!(value(parse_quote!(_.features)), Ok(Value::Int(10)));
    assert!(value(parse_quote!(_.channels)).unwrap_err().contains("`.features`"));
}

#[test]
fn what_has_no_value_is_an_error() {
    assert!(value(parse_quote!(9223372036854775807 + 1)).unwrap_err().starts_with("overflow"));
    assert!(value(parse_quote!(n / 0)).unwrap_err().contains("no value"));
    assert!(value(parse_quote!(chanels)).unwrap_err().contains("`channels`"));
    assert!(value(parse_quote!(CLASSES)).unwrap_err().contains("const CLASSES"));
    assert!(value(parse_quote!(1 + 1.0)).unwrap_err().contains("do not go together"));
    assert!(value(parse_quote!(f(1))).unwrap_err().contains("cannot be computed"));
    assert!(value(parse_quote!([0; 1000000000000])).unwrap_err().contains("items"));
}

#[test]
fn what_is_unknown_stays_silent() {
    assert_eq!(value(parse_quote!(bad.channels + 1)), Ok(Value::Unknown));
    assert_eq!(value(parse_quote!(!bad || 0..bad)), Ok(Value::Unknown));
}

#[test]
fn values_are_held_against_types() {
    let fits = |value: Value, ty: syn::Type| value.fits(&ty);
    assert!(fits(Value::Int(3), parse_quote!(usize)));
    assert!(!fits(Value::Int(-3), parse_quote!(usize)));
    assert!(!fits(Value::Float(3.0), parse_quote!(usize)));
    assert!(fits(
        Value::Array(vec![Value::Tuple(vec![Value::Int(1), Value::Bool(true)])]),
        parse_quote!([(usize, bool)])
    ));
    assert!(!fits(Value::Tuple(vec![Value::Int(1)]), parse_quote!((usize, usize))));
}
