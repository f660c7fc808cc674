fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Of<const HIDDEN: usize>(x: Vector<8>) -> Vector<3> {
        linear(HIDDEN);
        linear(3)
    }
    pub type Net = Of<8>;
);

//~ fix (put the attribute on an instance): #[weights("tests/ui/weights/tiny.safetensors")]\n =>
