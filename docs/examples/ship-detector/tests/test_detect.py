import unittest

from algorithm import detect


class DetectTest(unittest.TestCase):
    def test_two_blobs_that_touch_by_a_corner_are_two(self):
        self.assertEqual(2, len(detect.blobs([[9, 0], [0, 9]], 5)))

    def test_a_box_encloses_its_blob(self):
        self.assertEqual((0, 0, 2, 2), detect.box([(0, 0), (1, 0), (1, 1)]))


if __name__ == "__main__":
    unittest.main()
