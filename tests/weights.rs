//! Weights in files: what PyTorch would read, every way in which a file can be wrong, and that nothing is lost.

mod hand_made;

use cnn::prelude::*;
use cnn::weights::{Error, Mismatch};
use hand_made::Tiny;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All bits of a network's state.
fn bits(network: &Tiny) -> Vec<u32> {
    let state = network.state();
    state.parameters.iter().chain(state.buffers.iter()).map(|number| number.to_bits()).collect()
}

/// A network with numbers that are easily lost.
fn delicate() -> Tiny {
    let mut network = Tiny::new(1);
    let numbers = [0.1, -0.0, f32::MIN_POSITIVE / 2.0, f32::MAX, f32::NEG_INFINITY, f32::NAN, 1.0, 2.0];
    network.set_tensor("fc.weight", &[&numbers[..], &[3.0; 4]].concat()).unwrap();
    network.set_tensor("norm.num_batches_tracked", &[16_777_216.0]).unwrap();
    network
}

/// A file's tensors, to be changed and written again.
struct Tensors(BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>);

impl Tensors {
    fn of(network: &Tiny) -> Self {
        let bytes = network.to_bytes();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = file.tensors().into_iter();
        Self(tensors.map(|(name, t)| (name, (t.dtype(), t.shape().to_vec(), t.data().to_vec()))).collect())
    }

    fn bytes(&self) -> Vec<u8> {
        let views = self.0.iter().map(|(name, (dtype, shape, data))| {
            (name, TensorView::new(*dtype, shape.clone(), data).unwrap())
        });
        serialize(views, None).unwrap()
    }
}

#[test]
fn all_bits_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let saved = delicate();
    saved.save(&file).unwrap();
    let mut loaded = Tiny::new(2);
    assert_ne!(bits(&loaded), bits(&saved));
    loaded.load(&file).unwrap();
    assert_eq!(bits(&loaded), bits(&saved));
    assert_eq!(loaded.to_bytes(), fs::read(&file).unwrap());
    loaded.load_bytes(&saved.to_bytes()).unwrap();
}

#[test]
fn a_file_has_pytorchs_names_shapes_and_types() {
    let tensors = Tensors::of(&delicate()).0;
    let table: Vec<_> =
        tensors.iter().map(|(name, (dtype, shape, _))| (name.as_str(), *dtype, shape.as_slice())).collect();
    let expected: [(&str, Dtype, &[usize]); 7] = [
        ("fc.bias", Dtype::F32, &[3]),
        ("fc.weight", Dtype::F32, &[3, 4]),
        ("norm.bias", Dtype::F32, &[1]),
        ("norm.num_batches_tracked", Dtype::I64, &[]),
        ("norm.running_mean", Dtype::F32, &[1]),
        ("norm.running_var", Dtype::F32, &[1]),
        ("norm.weight", Dtype::F32, &[1]),
    ];
    assert_eq!(table, expected);
    assert_eq!(tensors["norm.num_batches_tracked"].2, 16_777_216_i64.to_le_bytes());
}

/// Asserts that the bytes are refused, in memory and as a file, that the network is unchanged, and gives the error.
fn refused(bytes: &[u8]) -> Error {
    let mut network = delicate();
    let before = bits(&network);
    network.load_bytes(bytes).expect_err("these bytes");
    assert_eq!(bits(&network), before);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.safetensors");
    fs::write(&file, bytes).unwrap();
    let error = network.load(&file).expect_err("this file");
    assert_eq!(bits(&network), before);
    assert!(error.to_string().starts_with(file.to_str().unwrap()), "{error}");
    error
}

#[test]
fn a_file_cut_anywhere_is_damaged() {
    let bytes = Tiny::new(1).to_bytes();
    for end in 0..bytes.len() {
        let error = refused(&bytes[..end]);
        assert!(matches!(error, Error::Damaged { bytes, .. } if bytes == end), "cut at {end}: {error:?}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(refused(&longer), Error::Damaged { .. }));
    let message = refused(&bytes[..100]).to_string();
    assert!(
        message.ends_with("not a whole safetensors file (100 bytes): invalid header length"),
        "{message}"
    );
}

#[test]
fn a_header_that_promises_more_than_any_file_has_is_refused() {
    // Nine tensors that end at 2^64 - 1: the file's parts cannot be added up in 64 bits.
    let tensors: Vec<String> = (0..9)
        .map(|i| {
            let (start, end) = (u64::MAX / 9 * i, if i == 8 { u64::MAX } else { u64::MAX / 9 * (i + 1) });
            format!(r#""{i}":{{"dtype":"U8","shape":[{}],"data_offsets":[{start},{end}]}}"#, end - start)
        })
        .collect();
    let header = format!("{{{}}}", tensors.join(","));
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 16]].concat();
    assert!(matches!(refused(&bytes), Error::Damaged { .. }));
}

#[test]
fn a_damaged_header_is_refused_or_says_the_same() {
    let saved = delicate();
    let bytes = saved.to_bytes();
    let header_len = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let original = Tiny::new(5);
    for position in 0..header_len {
        for flip in 1..=255_u8 {
            let mut damaged = bytes.clone();
            damaged[position] ^= flip;
            let mut network = original.clone();
            // Free text in it may change without harm; names, types, shapes and offsets may not.
            let expected = if network.load_bytes(&damaged).is_ok() { &saved } else { &original };
            assert_eq!(bits(&network), bits(expected), "{flip:02x} at {position}");
        }
    }
}

#[test]
fn no_file_of_weights_at_all_is_refused() {
    for bytes in [&b""[..], b"PK\x03\x04 a pickle in a zip", &[0xff; 64], &[0; 64]] {
        assert!(matches!(refused(bytes), Error::Damaged { .. }));
    }
}

fn mismatches(error: Error) -> Vec<Mismatch> {
    match error {
        Error::Mismatch { network: "Tiny", mismatches, .. } => mismatches,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_tensor_that_does_not_fit_is_named() {
    let mut tensors = Tensors::of(&Tiny::new(1));
    tensors.0.remove("norm.bias");
    tensors.0.insert("extra.b".to_owned(), (Dtype::U8, vec![2], vec![0; 2]));
    tensors.0.insert("extra.a".to_owned(), (Dtype::U8, vec![2], vec![0; 2]));
    tensors.0.get_mut("fc.weight").unwrap().1 = vec![4, 3];
    tensors.0.insert("norm.num_batches_tracked".to_owned(), (Dtype::F64, vec![], vec![0; 8]));
    tensors.0.insert("fc.bias".to_owned(), (Dtype::F64, vec![3], vec![0; 24]));
    let error = refused(&tensors.bytes());
    let message = error.to_string();
    let (_, list) = message.split_once("bad.safetensors: ").unwrap();
    assert_eq!(
        list,
        [
            "does not fit Tiny",
            "  tensor `norm.bias` is missing",
            "  tensor `norm.num_batches_tracked` has numbers of type F64, expected I64",
            "  tensor `fc.weight` has shape [4, 3], expected [3, 4]",
            "  tensor `fc.bias` has numbers of type F64, expected F32",
            "  tensor `extra.a` is not part of the network",
            "  tensor `extra.b` is not part of the network",
        ]
        .join("\n")
    );
    assert_eq!(mismatches(error).len(), 6);
}

/// Numbers of 16 bits are numbers of 32 bits: the largest, the smallest, and one that both types round.
#[test]
fn half_precision_is_read() {
    let numbers = [65504.0, 5.960_464_5e-8, -0.333_251_95];
    let f16 = [0x7bff_u16, 0x0001, 0xb555].map(u16::to_le_bytes).concat();
    let brain = [3.389_531_4e38, 9.183_55e-41, -0.333_984_38];
    let bf16 = [0x7f7f_u16, 0x0001, 0xbeab].map(u16::to_le_bytes).concat();
    for (dtype, bytes, expected) in [(Dtype::F16, f16, numbers), (Dtype::BF16, bf16, brain)] {
        let mut tensors = Tensors::of(&Tiny::new(1));
        tensors.0.insert("fc.bias".to_owned(), (dtype, vec![3], bytes));
        let mut network = Tiny::new(2);
        network.load_bytes(&tensors.bytes()).unwrap();
        assert_eq!(network.tensor("fc.bias").unwrap().numbers(), expected);
    }
    let mut tensors = Tensors::of(&Tiny::new(1));
    tensors.0.insert("norm.num_batches_tracked".to_owned(), (Dtype::F16, vec![], vec![0; 2]));
    assert!(matches!(refused(&tensors.bytes()), Error::Mismatch { .. }), "a counter is no fraction");
}

#[test]
fn a_scalar_is_not_a_vector_of_one() {
    let mut tensors = Tensors::of(&Tiny::new(1));
    tensors.0.get_mut("norm.num_batches_tracked").unwrap().1 = vec![1];
    let expected =
        Mismatch::Shape { tensor: "norm.num_batches_tracked".to_owned(), expected: &[], found: vec![1] };
    assert_eq!(mismatches(refused(&tensors.bytes())), [expected]);
}

#[test]
fn a_long_list_is_cut() {
    let mut tensors = Tensors::of(&Tiny::new(1));
    tensors.0 = tensors.0.into_iter().map(|(name, tensor)| (format!("module.{name}"), tensor)).collect();
    let error = refused(&tensors.bytes());
    assert!(error.to_string().ends_with("\n  and 6 more"), "{error}");
    assert_eq!(mismatches(error).len(), 14);
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_save_that_fails_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no-such-folder/tiny.safetensors");
    let error = Tiny::new(1).save(&missing).unwrap_err();
    assert!(matches!(&error, Error::Write { file, .. } if *file == missing), "{error:?}");
    assert!(error.to_string().contains("no-such-folder"), "{error}");
    assert!(std::error::Error::source(&error).is_some());

    // The file is written, but cannot be moved to a place where a folder stands.
    let taken = folder.path().join("taken.safetensors");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("inside"), "kept").unwrap();
    assert!(matches!(Tiny::new(1).save(&taken), Err(Error::Write { .. })));
    assert_eq!(names(folder.path()), ["taken.safetensors"]);
    assert_eq!(fs::read_to_string(taken.join("inside")).unwrap(), "kept");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_keeps_the_old_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let old = Tiny::new(1);
    old.save(&file).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let forbidden = fs::write(folder.path().join("probe"), "").is_err();
    let result = Tiny::new(2).save(&file);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // The superuser may write everywhere.
    assert_eq!(result.is_err(), forbidden);
    if forbidden {
        assert_eq!(fs::read(&file).unwrap(), old.to_bytes());
        assert_eq!(names(folder.path()), ["tiny.safetensors"]);
    }
}

#[test]
fn a_save_replaces_the_old_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    fs::write(&file, "something else").unwrap();
    let network = Tiny::new(3);
    network.save(&file).unwrap();
    network.save(&file).unwrap();
    assert_eq!(fs::read(&file).unwrap(), network.to_bytes());
    assert_eq!(names(folder.path()), ["tiny.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_file_has_usual_permissions_and_links_stay_links() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, usual) = (folder.path().join("tiny.safetensors"), folder.path().join("usual"));
    fs::write(&usual, "").unwrap();
    Tiny::new(1).save(&file).unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode(&file), mode(&usual));

    let link = folder.path().join("latest.safetensors");
    std::os::unix::fs::symlink("tiny.safetensors", &link).unwrap();
    let network = Tiny::new(2);
    network.save(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&file).unwrap(), network.to_bytes());
}

#[test]
fn a_bare_name_is_a_file_in_the_current_folder() {
    let folder = tempfile::tempdir().unwrap();
    // All other tests use absolute paths.
    std::env::set_current_dir(folder.path()).unwrap();
    Tiny::new(1).save("tiny.safetensors").unwrap();
    Tiny::new(2).load("tiny.safetensors").unwrap();
    assert_eq!(names(folder.path()), ["tiny.safetensors"]);
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let error = Tiny::new(1).load("/no/such.safetensors").unwrap_err();
    assert!(error.to_string().starts_with("/no/such.safetensors: cannot be read: "), "{error}");
}

#[test]
fn tensors_are_found_by_name() {
    let mut network = Tiny::new(1);
    network.set_tensor("fc.weight", &[0.5; 12]).unwrap();
    let weight = network.tensor("fc.weight").unwrap();
    assert_eq!((weight.name(), weight.shape(), weight.numbers()), ("fc.weight", &[3, 4][..], &[0.5; 12][..]));
    assert_eq!(network.tensor("norm.running_var").unwrap().numbers(), [1.0]);
    let names: Vec<_> = network.tensors().map(|tensor| tensor.name()).collect();
    assert_eq!(names, Tiny::TENSORS.iter().map(|info| info.name).collect::<Vec<_>>());
}

#[test]
fn a_wrong_name_or_length_is_an_error() {
    let mut network = Tiny::new(1);
    let before = bits(&network);
    let message = |result: Result<(), Error>| result.unwrap_err().to_string();
    assert_eq!(
        network.tensor("fc.wieght").unwrap_err().to_string(),
        "Tiny has no tensor `fc.wieght`; did you mean `fc.weight`?"
    );
    assert_eq!(message(network.set_tensor("layer", &[])), "Tiny has no tensor `layer`");
    assert_eq!(
        message(network.set_tensor("fc.weight", &[0.0; 11])),
        "tensor `fc.weight` has 12 numbers, shape [3, 4], but 11 were given"
    );
    assert_eq!(bits(&network), before);
}

#[test]
fn one_error_serves_a_whole_program() {
    fn program() -> Result<(), cnn::Error> {
        Tiny::new(1).load("/no/such.safetensors")?;
        Ok(())
    }
    let error = program().unwrap_err();
    assert!(matches!(error, cnn::Error::Weights(Error::Read { .. })));
    assert_eq!(format!("{error:?}"), error.to_string());
    assert!(std::error::Error::source(&error).is_some());
}
