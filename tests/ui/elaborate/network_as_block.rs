fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        Net;
    }
);

//~ no fix (networks are chained by calling one on the other's output): the calls stand outside of `network!`
