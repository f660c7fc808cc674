fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernal_size = 5);
        flatten;
        linear(10)
    }
);

//~ fix: kernal_size => kernel_size
