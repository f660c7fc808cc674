fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        flatten;
        linear(10)
    }

    struct Extra;
);

//~ fix (what does: ): struct Extra; => const EXTRA: usize = 1;
