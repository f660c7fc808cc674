fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        linear(10)
    }
);

//~ fix (write `flatten;` before it): linear(10) => flatten;\n        linear(10)
