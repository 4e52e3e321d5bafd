print("fundusd")
