fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        dropout(1.0);
        flatten;
        linear(10)
    }
);

//~ fix: dropout(1.0) => dropout(0.5)
