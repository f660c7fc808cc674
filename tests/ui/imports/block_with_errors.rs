fn main() {
    let _ = Net::new(1);
}

mod blocks {
    cnn::block!(
        pub(crate) fn half(channels: usize) {
            for i in 0..channels {
                conv2d(i, kernal_size = 3);
            }
            if channels > 2 {
                relu6a;
            }
            add(_, skip)
        }
    );
}

// One error for each mistake, where the block is declared; none here.
cnn::network!(
    use blocks::half;

    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        half(2);
        flatten;
        linear(10)
    }
);

//~ fix: kernal_size => kernel_size
//~ fix: relu6a => relu6
//~ fix (name the tensor where it stands): for i in => let skip;\n            for i in
