fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        deeper(3);
        flatten;
        linear(10)
    }

    fn deeper(n: usize) {
        relu;
        again(n);
    }
    fn again(n: usize) {
        deeper(n);
    }
);

//~ fix (use a loop): again(n); => for _ in 0..n {\n            relu;\n        }
