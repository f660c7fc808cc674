fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        for channels in [6, 16] {
            let conv = conv2d(channels, kernel_size = 5);
        }
        flatten;
        linear(10)
    }
);

//~ fix (put the layers of a loop into a block): let conv = conv2d(channels, kernel_size = 5); => stage(channels); && linear(10)\n    } => linear(10)\n    }\n    fn stage(channels: usize) {\n        let conv = conv2d(channels, kernel_size = 5);\n    }
