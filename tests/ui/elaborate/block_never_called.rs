fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        flatten;
        linear(10)
    }
    fn later(channels: usize) {
        conv2d(chanels, kernel_size = 3);
        rleu;
    }
    pub fn Open<const WIDTH: usize>(image: Image<1, 8, 8>) -> Vector<10> {
        conv2d(WIDTH, kernel_size = 9);
        flatten;
        linear(10, bais = false)
    }
);

//~ fix: bais => bias
//~ fix: chanels => channels
//~ fix: rleu => relu
