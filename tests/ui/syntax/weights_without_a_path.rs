fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[weights = "lenet.safetensors"]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ no fix (write `#[weights("lenet.safetensors")]`): the file is the user's; `weights/` has files that fit
