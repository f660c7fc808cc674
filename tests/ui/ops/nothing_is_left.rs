fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<2, 1, 4>) -> Image<1, 1, 4> {
        conv_transpose2d(1, kernel_size = 3, padding = 2)
    }
);

//~ fix (padding at most 1): padding = 2 => padding = 1
