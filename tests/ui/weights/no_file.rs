fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("/no/such.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        flatten;
        let fc = linear(3);
    }
);
