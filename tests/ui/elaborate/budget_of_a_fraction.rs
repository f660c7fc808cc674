fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(params <= 61.7)]
    pub fn Net(image: Image<1, 8, 8>) -> Vector<64> {
        flatten
    }
);

//~ fix (sums and products of constants): 61.7 => 2 * 32
