fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        relu(1);
        flatten;
        linear(10)
    }
);

//~ fix (write `relu`): relu(1) => relu
