use super::*;
use crate::fixtures;
use proc_macro2::TokenStream;
use quote::quote;
use safetensors::SafeTensors;

/// The bytes of a file with this header and so many bytes behind it.
fn file(header: &str, behind: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; behind]].concat()
}

fn parse(bytes: &[u8]) -> Result<Stored, header::Error> {
    header::parse(&mut &*bytes, bytes.len() as u64)
}

/// `"key": {…}` of a tensor with its place.
fn entry(key: &str, dtype: &str, shape: &[usize], [start, end]: [u64; 2]) -> String {
    format!(r#""{key}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#)
}

const WHOLE: &str = r#"{"__metadata__":{"format":"pt"},
    "fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
    "fc.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]}}"#;

#[test]
fn a_whole_file_is_read_and_one_that_is_cut_or_longer_is_not() {
    let bytes = file(WHOLE, 20);
    let stored = parse(&bytes).expect("this file is whole");
    assert_eq!(stored.keys().collect::<Vec<_>>(), ["fc.bias", "fc.weight"]);
    assert_eq!((stored["fc.weight"].dtype, &stored["fc.weight"].shape), (Dtype::BF16, &vec![2, 3]));
    for end in 0..bytes.len() {
        assert!(parse(&bytes[..end]).is_err(), "cut at {end}");
    }
    assert!(parse(&file(WHOLE, 21)).is_err());
}

/// The reader of the run time is the oracle: whatever one byte becomes, both take the file or neither does.
#[test]
fn what_is_whole_here_is_whole_at_run_time() {
    let bytes = file(WHOLE, 20);
    let mut taken = 0;
    for at in 0..bytes.len() - 20 {
        for flip in 1..=255 {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let here = parse(&damaged).is_ok();
            assert_eq!(here, SafeTensors::deserialize(&damaged).is_ok(), "{flip:02x} at {at}");
            taken += usize::from(here);
        }
    }
    assert!(taken > 0, "free text may change");
}

#[test]
fn a_hostile_header_is_an_error_and_takes_no_memory() {
    // A length that no file has.
    assert!(parse(&[0xff; 64]).is_err());
    // A header as long as it says, of a file that is said to be enormous: read, it would be 2^60 bytes.
    let endless = (1_u64 << 60).to_le_bytes();
    assert!(matches!(header::parse(&mut &endless[..], u64::MAX), Err(header::Error::Damaged { .. })));
    // Sizes whose product, offsets whose sum does not fit into 64 bits.
    let shape = [usize::MAX, usize::MAX];
    assert!(parse(&file(&format!("{{{}}}", entry("a", "F32", &shape, [0, 4])), 4)).is_err());
    let ninth = u64::MAX / 9;
    let entries: Vec<String> = (0..9)
        .map(|i| {
            let (start, end) = (ninth * i, if i == 8 { u64::MAX } else { ninth * (i + 1) });
            entry(&i.to_string(), "U8", &[(end - start) as usize], [start, end])
        })
        .collect();
    assert!(parse(&file(&format!("{{{}}}", entries.join(",")), 16)).is_err());
    // Offsets that go backwards, leave a gap, or overlap.
    for place in [[8, 0], [4, 12], [0, 4]] {
        assert!(parse(&file(&format!("{{{}}}", entry("a", "F32", &[2], place)), 8)).is_err(), "{place:?}");
    }
    // Brackets in brackets, and no JSON at all.
    assert!(parse(&file(&"[".repeat(1 << 20), 0)).is_err());
    assert!(parse(&file("{\"a\":", 0)).is_err());
    assert!(parse(&file("\u{fffd}", 0)).is_err());
}

/// What a file holds.
fn stored(tensors: &[(&str, Dtype, &[usize])]) -> Stored {
    let tensors = tensors.iter().map(|(key, dtype, shape)| {
        let info = TensorInfo { dtype: *dtype, shape: shape.to_vec(), data_offsets: (0, 0) };
        ((*key).to_owned(), info)
    });
    tensors.collect()
}

/// The first line and the help of each message for the layers, and what is unexpected.
fn misfits(tensors: &[(&str, Dtype, &[usize])]) -> (Vec<String>, Vec<String>) {
    let graph = fixtures::graph(quote! {
        pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
            let conv = conv2d(2, kernel_size = 3, bias = false);
            let norm = batch_norm2d(affine = false);
            flatten;
            let fc = linear(3);
        }
    });
    let unfit = fit("f", &graph, &stored(tensors));
    (unfit.layers.iter().map(|(_, message)| message.to_string()).collect(), unfit.unexpected)
}

const F32: Dtype = Dtype::F32;
const FITTING: [(&str, Dtype, &[usize]); 6] = [
    ("conv.weight", F32, &[2, 1, 3, 3]),
    ("norm.running_mean", F32, &[2]),
    ("norm.running_var", Dtype::F16, &[2]),
    ("norm.num_batches_tracked", Dtype::I64, &[]),
    ("fc.weight", Dtype::BF16, &[3, 8]),
    ("fc.bias", F32, &[3]),
];

#[test]
fn what_fits_is_taken_in_any_of_three_types() {
    assert_eq!(misfits(&FITTING), (vec![], vec![]));
}

#[test]
fn each_misfit_is_told_with_what_the_file_has_instead() {
    let with = |at: usize, tensor| {
        let mut tensors = FITTING;
        tensors[at] = tensor;
        misfits(&tensors)
    };
    let (messages, unexpected) = with(0, ("conv1.weight", F32, &[2, 1, 3, 3]));
    assert!(
        messages[0]
            .starts_with("`f` has no tensor `conv.weight`, which this layer needs, of shape [2, 1, 3, 3]\n")
    );
    assert!(messages[0].contains("help: it has `conv1.weight`, of shape [2, 1, 3, 3]; "), "{messages:?}");
    assert_eq!((messages.len(), unexpected), (1, vec!["conv1.weight".to_owned()]));

    let (messages, _) = with(4, ("classifier.6.weight", F32, &[3, 8]));
    assert!(messages[0].contains("help: it has `classifier.6.weight`, of shape [3, 8]; "), "{messages:?}");
    let (messages, _) = with(4, ("classifier.6.weight", F32, &[3, 9]));
    assert!(
        messages[0].contains("state_dict"),
        "what is unlike in name and shape is not meant: {messages:?}"
    );

    let (messages, _) = with(5, ("fc.bias", F32, &[4]));
    assert!(messages[0].starts_with("`fc.bias` has shape [3] here, and [4] in `f`\n"));
    for (at, tensor, needs) in [
        (5, ("fc.bias", Dtype::F64, &[3][..]), "F64 in `f`, and needs F32, F16 or BF16"),
        (3, ("norm.num_batches_tracked", Dtype::F32, &[][..]), "F32 in `f`, and needs I64"),
    ] {
        let (messages, unexpected) = with(at, tensor);
        assert!(messages[0].contains(needs), "{messages:?}");
        assert_eq!((messages.len(), unexpected.len()), (1, 0));
    }
}

/// What is wrong with a program.
fn errors(program: TokenStream) -> Vec<String> {
    fixtures::errors_of(program, |declared, errors| drop(check(declared, errors)))
}

#[test]
fn a_path_starts_at_the_package() {
    let messages = errors(quote! {
        #[weights("tests/no.safetensors")]
        pub fn Net(x: Vector<2>) -> Vector<3> { linear(3) }
    });
    let start = concat!("`", env!("CARGO_MANIFEST_DIR"), "/tests/no.safetensors` cannot be read: ");
    assert!(messages[0].starts_with(start), "{messages:?}");
    let messages = errors(quote! {
        #[weights("src")]
        pub fn Net(x: Vector<2>) -> Vector<3> { linear(3) }
    });
    assert!(messages[0] == "`src` is no file", "{messages:?}");
}

#[test]
fn weights_belong_to_a_network_without_open_parameters() {
    let messages = errors(quote! {
        #[weights("no.safetensors")]
        pub fn Net<const N: usize>(x: Vector<2>) -> Vector<N> { linear(N) }
        pub type Three = Net<3>;
    });
    assert_eq!(messages.len(), 1);
    assert!(messages[0].starts_with("the weights of `Net` depend on its parameters\n"), "{messages:?}");
}
